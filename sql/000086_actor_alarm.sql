-- Alarms of actors that have no room, found without a look at those that have one. Written by the very statement that sets them:
-- an index on the actors themselves would cost every battle its heap-only updates.
create table actor_alarm (
  actor text primary key,
  kind text not null,
  wake_at timestamptz not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index actor_alarm_next on actor_alarm (kind, wake_at);

create function set_actor_alarm() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    delete from actor_alarm where actor = old.id;
  elsif new.wake_at is null then
    delete from actor_alarm where actor = new.id;
  else
    insert into actor_alarm values (new.id, new.kind, new.wake_at)
    on conflict (actor) do update set wake_at = excluded.wake_at where actor_alarm.wake_at <> excluded.wake_at;
  end if;
  return null;
end $$;

create trigger actor_has_alarm after insert or update of wake_at on actor
  for each row when (new.kind in ('limits', 'payment', 'redemption', 'listing', 'order', 'trade', 'rollback'))
  execute function set_actor_alarm();
create trigger actor_loses_alarm after delete on actor
  for each row when (old.kind in ('limits', 'payment', 'redemption', 'listing', 'order', 'trade', 'rollback'))
  execute function set_actor_alarm();
