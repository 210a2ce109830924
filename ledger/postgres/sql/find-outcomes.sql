-- After the locks, so that what another writer committed meanwhile is seen. The bounds let the planner skip partitions.
select id, encode(request, 'hex') as request, first_seq, last_seq, (extract(epoch from at) * 1000)::bigint as at_ms
from outcome
where id = any ($1::uuid[]) and id >= $2 and id <= $3
