-- The first checkpoint at or after seq $1, as a link of the chain: an archive ends there, so that proofs need no two places.
select b.last_seq, encode(b.hash, 'hex'), (date_part('epoch', b.at) * 1000)::bigint
from checkpoint c join batch b on b.last_seq = c.seq
where c.seq >= $1
order by c.seq limit 1
