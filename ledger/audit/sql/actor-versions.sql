-- An actor stands at its last outcome's version, or later by activations; a finished one exactly there.
with last as (select actor, max(version) as version from outcome where actor is not null and first_seq > $1 group by actor)
select l.actor, l.version, coalesce(a.version, f.version)
from last l
left join actor a on a.id = l.actor
left join actor_finished f on f.id = l.actor
where (a.id is null and f.id is null) or (a.id is not null and f.id is not null) or a.version < l.version or f.version <> l.version
order by 1 limit 1
