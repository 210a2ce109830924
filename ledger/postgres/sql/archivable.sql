-- The greatest seq at or below $1 where a partition of events ends.
select max(high) from (
  select (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)''\)'))[1]::bigint as high
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'event'::regclass
) partitions
where high <= $1
