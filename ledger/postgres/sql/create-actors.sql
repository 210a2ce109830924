insert into actor (id, tenant, kind, epoch, version, state, wake_at)
select n.id, n.tenant, n.kind, 0, n.version, n.state, to_timestamp(n.wake_at_ms / 1000.0)
from unnest(string_to_array($1, E'\x1e', E'\x1d'), string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d'), $4::bigint[],
  string_to_array($5, E'\x1e', E'\x1d'), $6::bigint[]) n(id, tenant, kind, version, state, wake_at_ms)
