select id, tenant, kind, epoch, version, state, null, null, true
from actor_finished where tenant = $1 and kind = $2 and ($3::text is null or id < $3) order by id desc limit $4
