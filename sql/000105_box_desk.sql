-- What the staff does with boxes before players see them, and what becomes of them afterwards.

-- The draft of a box's next version. `contents` is null when there is none any more; `revision` only rises, so that nobody writes over
-- what they have not seen. `hash` is that of what is drawn from.
create table box_draft (
  tenant text not null,
  id text not null,
  revision integer not null check (revision >= 1),
  contents jsonb,
  hash text,
  changed_at timestamptz not null default now(),
  primary key (tenant, id),
  check ((contents is null) = (hash is null))
);

-- Times and retirement of a box, as its actor has them: written by the very statement that writes the actor, as its versions are.
create table box_desk (
  tenant text not null,
  id text not null,
  publish_at timestamptz,
  retire_at timestamptz,
  retired boolean not null,
  primary key (tenant, id)
);

-- Reports on exactly these contents. `drawn` is how far the simulation is, `touched_at` when whoever draws last said so.
create table box_report (
  tenant text not null,
  id text not null,
  hash text not null,
  run uuid not null,
  seed text not null,
  draws integer not null,
  drawn integer not null,
  exact jsonb not null,
  simulation jsonb,
  touched_at timestamptz not null default now(),
  primary key (tenant, id, hash)
);

-- A version that is there already makes the whole outcome fail: whoever wanted it looks again.
create function publish_version(owner text, version jsonb) returns void language sql as $$
  insert into box_version(tenant, id, version, name, asset, price, prizes, hash, outcome, announced)
  select owner, box->>'id', (box->>'version')::integer, box->>'name', box->>'asset', (box->>'price')::bigint, box->'prizes',
    version->>'hash', (version->>'outcome')::uuid, true
  from (select version->'box' as box) of;
  insert into item_stock(tenant, asset, amount, outcome, stocked)
  select owner, each->>'asset', (each->>'amount')::bigint, (version->>'outcome')::uuid, true
  from jsonb_array_elements(version->'stock') each
$$;

create function write_box_desk() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  insert into box_desk values (
    new.tenant,
    state->>'id',
    to_timestamp((state->'publish'->>'at_ms')::double precision / 1000),
    to_timestamp((state->'retire'->>'at_ms')::double precision / 1000),
    (state->>'retired')::boolean)
  on conflict (tenant, id) do update
    set publish_at = excluded.publish_at, retire_at = excluded.retire_at, retired = excluded.retired;
  if jsonb_typeof(state->'version') = 'object'
    and (tg_op = 'INSERT' or old.state::jsonb->'version'->'outcome' is distinct from state->'version'->'outcome')
  then perform publish_version(new.tenant, state->'version'); end if;
  return null;
end $$;

create trigger box_desk_is_written after insert or update of state on actor
  for each row when (new.kind = 'box') execute function write_box_desk();
create trigger box_has_alarm after insert or update of wake_at on actor
  for each row when (new.kind = 'box') execute function set_actor_alarm();
