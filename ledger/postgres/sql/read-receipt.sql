select id, first_seq, last_seq, (extract(epoch from at) * 1000)::bigint as at_ms
from outcome where id = $1 and tenant = $2 and owner = $3
