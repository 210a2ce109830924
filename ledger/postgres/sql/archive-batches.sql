delete from batch where last_seq <= $1
