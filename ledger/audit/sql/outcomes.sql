select id, tenant, kind, owner, actor, epoch, version, encode(request, 'hex'), first_seq, last_seq, steps,
  (date_part('epoch', at) * 1000)::bigint
from outcome
where first_seq > $1 and first_seq <= $2
order by first_seq
