-- The batches after seq $1, about $2 seqs of them, and at least one.
select last_seq, first_seq, (date_part('epoch', at) * 1000)::bigint, encode(salt, 'hex'), encode(digest, 'hex'), encode(hash, 'hex')
from (select *, row_number() over (order by last_seq) as nth from batch where last_seq > $1 order by last_seq limit 1000) b
where last_seq <= $1 + $2::bigint or nth = 1
order by last_seq
