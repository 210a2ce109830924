select file from archive where after_seq < $1 and last_seq >= $1
