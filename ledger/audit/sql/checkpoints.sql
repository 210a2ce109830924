select lineage, since, seq, encode(hash, 'hex'), encode(root, 'hex'), (date_part('epoch', at) * 1000)::bigint,
  key_id, encode(public_key, 'hex'), encode(signature, 'hex')
from checkpoint
where seq > $1 and seq <= $2
order by seq
