select lineage, since, seq, encode(hash, 'hex'), encode(root, 'hex'), (extract(epoch from at) * 1000)::bigint,
  key_id, encode(public_key, 'hex'), encode(signature, 'hex'),
  (extract(epoch from clock_timestamp() - at) * 1000)::bigint
from checkpoint order by seq desc limit 1
