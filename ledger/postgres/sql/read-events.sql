select seq, type, audience, tenant, actor, user_id, outcome, (extract(epoch from at) * 1000)::bigint as at_ms, payload
from event
where seq > $1 and seq <= $2
order by seq
limit $3
