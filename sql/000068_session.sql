-- Whom an event concerns that concerns more than one user: those who sat in the battle that ended. Written by the very statement
-- that writes the event, so that no event is ever without its row; what concerns one user is found by `event.user_id`.
create table concern (
  user_id text not null,
  seq bigint not null,
  tenant text not null,
  at timestamptz not null,
  primary key (user_id, seq)
);
create index concern_at on concern using brin (at);

create function seats_of(ended json, battle text) returns setof text language sql stable as $$
  select distinct seat->>'user'
  from json_array_elements(case when json_typeof(ended->'seats') = 'array' then ended->'seats' else '[]'::json end) seat
  where seat->>'user' is not null
  union
  -- A cancellation names nobody: who sat there stands in the battle's last state.
  select seat->>'user'
  from (
    select state from actor_finished where id = battle and kind = 'battle'
    union all
    select state from actor where id = battle and kind = 'battle') a,
    json_array_elements(case when state like '{%' and json_typeof(state::json->'seats') = 'array' then state::json->'seats' else '[]'::json end) seat
  where ended->'seats' is null and seat->>'user' is not null
$$;

create function note_concerned() returns trigger language plpgsql as $$
begin
  insert into concern select seat, new.seq, new.tenant, new.at from seats_of(new.payload, new.actor) seat;
  return null;
end $$;

create trigger event_concerns after insert on event
  for each row when (new.type in ('battle.settled', 'battle.cancelled')) execute function note_concerned();

insert into concern
select seat, seq, tenant, at from event cross join lateral seats_of(payload, actor) seat
where type in ('battle.settled', 'battle.cancelled') and at > now() - interval '30 days';

-- Up to which seq a user has acknowledged what concerns them. Without a row: nothing.
create table session_ack (
  user_id text primary key,
  tenant text not null,
  acked bigint not null,
  at timestamptz not null default clock_timestamp()
);

do $$
declare
  name text;
begin
  foreach name in array array['concern', 'session_ack'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy cell_writer on %I to %I using (true) with check (true)', name, current_user);
    execute format(
      $policy$create policy tenant_reader on %I for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true))$policy$,
      name);
    execute format('grant select on %I to rollingdrop_reader', name);
  end loop;
end $$;
