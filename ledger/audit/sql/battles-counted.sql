-- As many battles have finished as have ended, those in the archive among them.
select finished, ended
from (select count(*) as finished from actor_finished where kind = 'battle') f,
  (select (select coalesce(sum(battles_ended), 0) from archive) + count(*) as ended
   from event where type in ('battle.settled', 'battle.cancelled') and seq > $1) e
where finished <> ended
