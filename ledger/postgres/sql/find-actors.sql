select id, tenant, kind, epoch, version, state, node, (extract(epoch from wake_at) * 1000)::bigint, false
from actor where id = any (string_to_array($1, E'\x1e', E'\x1d'))
union all
select id, tenant, kind, epoch, version, state, null, null, true
from actor_finished where id = any (string_to_array($1, E'\x1e', E'\x1d'))
