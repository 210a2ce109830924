-- No hold stands there that no outcome placed, none is closed that no outcome closed. What is archived is not asked for.
select h.id, h.by
from (
  select id, placed_by as by, 'place' as word from hold
  union all select id, placed_by, 'place' from hold_closed
  union all select id, closed_by, how from hold_closed
) h
left join outcome o on o.id = h.by
where strpos(coalesce(o.steps, ''), h.word || E'\t' || h.id) = 0
  and not (o.id is null and exists (select from archive))
order by 1 limit 1
