select a.id, a.epoch
from unnest(string_to_array($1, E'\x1e', E'\x1d'), $2::integer[]) ours(id, epoch)
cross join lateral (
  select id, epoch from actor where id = ours.id
  union all
  select id, epoch from actor_finished where id = ours.id) a
where a.epoch > ours.epoch
