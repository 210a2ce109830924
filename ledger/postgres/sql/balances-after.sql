-- The legs of outcomes seen before, in order, with the names of their accounts: what their receipts are made of. An account of
-- another tenant can only be a settlement account, and its name is not for this reader.
select t.seq, t.debit_after, t.credit_after,
  coalesce(d.tenant, t.tenant), coalesce(d.owner, 'settlement:other'), coalesce(d.asset, c.asset), coalesce(c.tenant, t.tenant),
  coalesce(c.owner, 'settlement:other')
from transfer t
left join lateral (select tenant, owner, asset from account where id = t.debit
  union all select tenant, owner, asset from account_closed where id = t.debit limit 1) d on true
left join lateral (select tenant, owner, asset from account where id = t.credit
  union all select tenant, owner, asset from account_closed where id = t.credit limit 1) c on true
where t.seq = any ($1::bigint[])
order by t.seq, t.n
