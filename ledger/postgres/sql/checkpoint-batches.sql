-- The batches that follow seq $1, and with each the time and the lineage that a checkpoint at it would carry.
select b.last_seq, encode(b.hash, 'hex'), h.lineage,
  (extract(epoch from date_trunc('milliseconds', greatest(clock_timestamp(), b.at))) * 1000)::bigint
from batch b, head h
where b.last_seq > $1
order by b.last_seq
limit $2
