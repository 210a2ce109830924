insert into checkpoint (lineage, since, seq, hash, root, at, key_id, public_key, signature)
values ($1, $2, $3, decode($4, 'hex'), decode($5, 'hex'), to_timestamp($6::bigint / 1000.0), $7, decode($8, 'hex'), decode($9, 'hex'))
