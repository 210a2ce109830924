-- The batch's time: never before the last batch's.
select (extract(epoch from date_trunc('milliseconds', greatest(clock_timestamp(), at))) * 1000)::bigint as now_ms from head
