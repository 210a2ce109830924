select id, tenant, kind, epoch, version, state, node, (extract(epoch from wake_at) * 1000)::bigint, false
from actor where tenant = $1 and kind = $2 and ($3::text is null or id < $3) order by id desc limit $4
