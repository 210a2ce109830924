-- The end of the last batch at or before seq $1, archived or not: where whoever begins behind it takes up the chain.
select last_seq, encode(hash, 'hex'), (date_part('epoch', at) * 1000)::bigint
from (
  (select last_seq, hash, at from batch where last_seq <= $1 order by last_seq desc limit 1)
  union all
  (select last_seq, hash, at from archive where last_seq <= $1 order by last_seq desc limit 1)
) ends
order by last_seq desc limit 1
