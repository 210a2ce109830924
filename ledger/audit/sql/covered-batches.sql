select encode(hash, 'hex') from batch where last_seq > $1 and last_seq <= $2 order by last_seq
