-- A battle ends by one event, and only a finished actor has ended. Looks at the ends after seq $1, counting each battle's over all.
with ended as (
  select distinct actor from event where type in ('battle.settled', 'battle.cancelled') and seq > $1
)
select e.actor, times.n, times.seq, f.id is not null
from ended e
left join actor_finished f on f.id = e.actor and f.kind = 'battle'
cross join lateral (
  select count(*) as n, max(seq) as seq from event where actor = e.actor and type in ('battle.settled', 'battle.cancelled')
) times
where times.n <> 1 or f.id is null
order by times.seq limit 1
