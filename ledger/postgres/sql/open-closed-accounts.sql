-- Accounts that one batch both opened and emptied for good.
insert into account_closed (id, tenant, owner, asset, version)
select n.id, n.tenant, n.owner, n.asset, n.version
from unnest($1::bigint[], string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d'), string_to_array($4, E'\x1e', E'\x1d'), $5::bigint[])
  n(id, tenant, owner, asset, version)
