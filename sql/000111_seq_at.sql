-- The last seq committed before a moment. Times rise with seq, so that a few looks at the batches find it: no event needs an index
-- on its time.
create function last_seq_before(moment timestamptz) returns bigint language plpgsql stable as $$
declare
  low bigint := 0;
  high bigint := coalesce((select max(last_seq) from batch), 0);
  middle bigint;
  found record;
begin
  -- What ends at `low` or sooner was before it, what ends after `high` was not.
  while low < high loop
    middle := (low + high) / 2;
    select last_seq, at into found from batch where last_seq > middle order by last_seq limit 1;
    if found.at < moment then low := found.last_seq; else high := middle; end if;
  end loop;
  return low;
end $$;
