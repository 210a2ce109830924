-- Actors that one batch both created and finished.
insert into actor_finished (id, tenant, kind, epoch, version, state, finished_at)
select n.id, n.tenant, n.kind, 0, n.version, n.state, date_trunc('milliseconds', clock_timestamp())
from unnest(string_to_array($1, E'\x1e', E'\x1d'), string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d'), $4::bigint[],
  string_to_array($5, E'\x1e', E'\x1d')) n(id, tenant, kind, version, state)
