select last_seq, encode(hash, 'hex'), (date_part('epoch', at) * 1000)::bigint from archive order by last_seq desc limit 1
