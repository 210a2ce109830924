-- The partitions of events and transfers that end at or before seq $1, the oldest first.
select parent, name from (
  select p.relname as parent, c.relname as name, (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''(\d+)''\)'))[1]::bigint as high
  from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
  where i.inhparent in ('event'::regclass, 'transfer'::regclass)
) partitions
where high <= $1
order by high, parent
