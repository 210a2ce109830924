insert into archive (last_seq, after_seq, hash, at, battles_ended, file, sha256)
values ($1, $2, $3, to_timestamp($4::bigint / 1000.0), $5, $6, $7)
