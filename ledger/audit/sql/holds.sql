-- What an account has reserved is the sum of its open holds, those that lapsed and were not closed yet among them.
select coalesce(a.id, h.debit), a.owner, a.asset, coalesce(h.total, 0), coalesce(a.held, 0)
from account a
full join (select debit, sum(amount) as total from hold group by debit) h on h.debit = a.id
where coalesce(h.total, 0) <> coalesce(a.held, 0)
order by 1 limit 1
