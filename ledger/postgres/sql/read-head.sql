select lineage, seq, encode(hash, 'hex') as hash, (extract(epoch from at) * 1000)::bigint as at_ms from head
