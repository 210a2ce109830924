-- Locking in id order is what keeps two overlapping batches from deadlocking.
with wanted as materialized (
  select unnest($1::bigint[]) as id
  union
  select a.id
  from unnest(string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d'), string_to_array($4, E'\x1e', E'\x1d')) k(tenant, owner, asset)
  join account a on a.tenant = k.tenant and a.owner = k.owner and a.asset = k.asset
  union
  select unnest(array[h.debit, h.credit]) from hold h where h.id = any ($5::uuid[])
)
select a.id, a.tenant, a.owner, a.asset, a.balance, a.held, a.frozen
from account a
where a.id = any (array(select id from wanted))
order by a.id
for update
