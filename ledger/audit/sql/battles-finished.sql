-- A finished battle has ended by an event. Those that ended before the archive's boundary have theirs in the archive.
select f.id
from actor_finished f
where f.kind = 'battle' and f.finished_at > coalesce((select max(at) from archive), '-infinity')
  and not exists (select from event e where e.actor = f.id and e.type in ('battle.settled', 'battle.cancelled'))
order by 1 limit 1
