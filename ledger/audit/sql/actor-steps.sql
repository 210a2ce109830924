-- The fence, seen afterwards: of one actor's outcomes each has a greater version than the one before, and no older epoch.
select actor, first_seq, id, before, version
from (
  select actor, first_seq, id, epoch, version, lag(version) over w as before, lag(epoch) over w as epoch_before
  from outcome where actor is not null and first_seq > $1
  window w as (partition by actor order by first_seq)
) steps
where version <= before or epoch < epoch_before
order by first_seq limit 1
