-- Holds by their ids, open or closed, with the names of their accounts.
select h.id, h.tenant, d.owner, case when h.credit <> h.debit then c.owner end, d.asset, h.amount, (date_part('epoch', h.expires_at) * 1000)::bigint,
  h.placed_by, h.closed_by, h.how, h.posted
from (
  select id, tenant, debit, credit, amount, expires_at, placed_by, null::uuid as closed_by, null as how, null::bigint as posted
  from hold where id = any ($1::uuid[])
  union all
  select id, tenant, debit, credit, amount, expires_at, placed_by, closed_by, how, posted
  from hold_closed where id = any ($1::uuid[])
) h
left join lateral (select owner, asset from account where id = h.debit union all select owner, asset from account_closed where id = h.debit) d on true
left join lateral (select owner from account where id = h.credit union all select owner from account_closed where id = h.credit) c on true
