insert into account (id, tenant, owner, asset, balance, held, version, frozen, may_be_negative)
select n.id, n.tenant, n.owner, n.asset, n.balance, n.held, n.version, n.frozen, n.may_be_negative
from unnest($1::bigint[], string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d'), string_to_array($4, E'\x1e', E'\x1d'),
  $5::bigint[], $6::bigint[], $7::bigint[], $8::boolean[], $9::boolean[])
  n(id, tenant, owner, asset, balance, held, version, frozen, may_be_negative)
