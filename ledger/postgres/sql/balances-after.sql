-- The legs of outcomes seen before, in order, with the names of their accounts: what their receipts are made of.
select t.seq, t.debit_after, t.credit_after,
  d.tenant as debit_tenant, d.owner as debit_owner, d.asset, c.tenant as credit_tenant, c.owner as credit_owner
from transfer t
join lateral (select tenant, owner, asset from account where id = t.debit
  union all select tenant, owner, asset from account_closed where id = t.debit limit 1) d on true
join lateral (select tenant, owner from account where id = t.credit
  union all select tenant, owner from account_closed where id = t.credit limit 1) c on true
where t.seq = any ($1::bigint[])
order by t.seq, t.n
