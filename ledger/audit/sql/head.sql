select lineage, seq, encode(hash, 'hex'), (date_part('epoch', at) * 1000)::bigint from head
