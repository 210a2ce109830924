-- Each account against the sum of all its legs after seq $1, on top of what the archive left it with.
with sums as (
  select id, sum(amount) as total
  from (
    select debit as id, -amount as amount from transfer where seq > $1
    union all
    select credit, amount from transfer where seq > $1
    union all
    select account, balance from archived_balance
  ) legs
  group by id
)
select coalesce(a.id, s.id), a.owner, a.asset, coalesce(s.total, 0), coalesce(a.balance, 0)
from sums s full join account a on a.id = s.id
where coalesce(s.total, 0) <> coalesce(a.balance, 0)
order by 1 limit 1
