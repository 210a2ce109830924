-- The end of the last batch at or before seq $1: where an audit that begins there takes up the chain.
select last_seq, encode(hash, 'hex'), (date_part('epoch', at) * 1000)::bigint from batch where last_seq <= $1 order by last_seq desc limit 1
