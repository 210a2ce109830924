-- Every battle as lobbies ask for it: one narrow row, written by the very statement that writes the battle, so the two never
-- differ, whichever node or tool wrote it. `id` is the battle's own UUIDv7: newest first is by id.
create table battle_listing (
  id text primary key,
  tenant text not null,
  phase text not null,
  unlisted boolean not null,
  creator text not null,
  mode text not null,
  price bigint not null,
  boxes text[] not null,
  seats_free smallint not null
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index battle_listing_open on battle_listing (tenant, id) where phase in ('waiting', 'drawing', 'revealing');
create index battle_listing_over on battle_listing (tenant, mode, id) where phase in ('settled', 'cancelled') and not unlisted;
create index battle_listing_creator on battle_listing (tenant, creator) where phase in ('waiting', 'drawing', 'revealing');

create function list_battle(tenant text, state jsonb) returns void language sql as $$
  insert into battle_listing values (
    state->>'id',
    tenant,
    state->>'phase',
    coalesce((state->>'unlisted')::boolean, false),
    coalesce(state->>'creator', ''),
    coalesce(state->>'mode', 'standard'),
    coalesce((state->>'price')::bigint, 0),
    array(select distinct box->>'id' from jsonb_array_elements(state->'boxes') box),
    (select count(*) from jsonb_array_elements(state->'seats') seat where seat = 'null'))
  on conflict (id) do update set phase = excluded.phase, seats_free = excluded.seats_free
  where (battle_listing.phase, battle_listing.seats_free) is distinct from (excluded.phase, excluded.seats_free)
$$;

create function list_battle_written() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  -- What else may be called a battle is in no list.
  if state ? 'id' and state ? 'phase' and jsonb_typeof(state->'seats') = 'array' and jsonb_typeof(state->'boxes') = 'array'
  then perform list_battle(new.tenant, state); end if;
  return null;
end $$;

create trigger battle_is_listed after insert or update of state on actor
  for each row when (new.kind = 'battle' and new.state like '{%') execute function list_battle_written();
create trigger battle_is_listed after insert on actor_finished
  for each row when (new.kind = 'battle' and new.state like '{%') execute function list_battle_written();

select count(list_battle(tenant, state::jsonb)) from (
  select tenant, kind, state from actor union all select tenant, kind, state from actor_finished) a
where kind = 'battle' and state like '{%' and state::jsonb ? 'id' and jsonb_typeof(state::jsonb->'seats') = 'array'
  and jsonb_typeof(state::jsonb->'boxes') = 'array';

alter table battle_listing enable row level security;
alter table battle_listing force row level security;
do $$ begin
  execute format('create policy cell_writer on battle_listing to %I using (true) with check (true)', current_user);
end $$;
create policy tenant_reader on battle_listing for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true));
grant select on battle_listing to rollingdrop_reader;
