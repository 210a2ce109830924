select to_regclass('sink_cursor') is not null
