select seq, type, audience, tenant, actor, user_id, outcome, (date_part('epoch', at) * 1000)::bigint, payload
from event
where seq > $1 and seq <= $2
order by seq
