-- The days of outcomes that ended before $1 (unix ms), the oldest first, with the ids they hold.
select name, low, high
from (
  select c.relname as name,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([0-9a-f-]+)''\)'))[1] as low,
    (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9a-f-]+)''\)'))[1] as high
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'outcome'::regclass
) days
where ('x' || lpad(substr(high, 1, 8) || substr(high, 10, 4), 16, '0'))::bit(64)::bigint <= $1
order by high
