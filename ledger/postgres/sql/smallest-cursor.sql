select min(seq) from sink_cursor
