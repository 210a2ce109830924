with gone as (
  delete from actor where id = any (string_to_array($1, E'\x1e', E'\x1d')) returning id, tenant, kind, epoch, state
)
insert into actor_finished (id, tenant, kind, epoch, version, state, finished_at)
select g.id, g.tenant, g.kind, g.epoch, u.version, coalesce(u.state, g.state),
  date_trunc('milliseconds', clock_timestamp())
from gone g
join unnest(string_to_array($1, E'\x1e', E'\x1d'), $2::bigint[], string_to_array($3, E'\x1e', E'\x1d')) u(id, version, state) on u.id = g.id
