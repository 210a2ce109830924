select lineage, since, seq, encode(hash, 'hex'), encode(root, 'hex'), (extract(epoch from at) * 1000)::bigint,
  key_id, encode(public_key, 'hex'), encode(signature, 'hex')
from checkpoint where seq < $1 order by seq desc limit $2
