-- Payments and redemptions as people and staff ask for them: one narrow row each, written by the very statement that writes the actor.
create table payment_listing (
  id text primary key,
  tenant text not null,
  user_id text not null,
  direction text not null,
  status text not null,
  provider text not null,
  asset text not null,
  amount bigint not null,
  net bigint,              -- what came in less what went back
  target text,             -- of what goes out: which of them went to the same place
  begun_ms bigint not null,
  moved_ms bigint          -- of the last thing the provider told, by its clock
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index payment_listing_user on payment_listing (tenant, user_id, id);
create index payment_listing_all on payment_listing (tenant, id);
create index payment_listing_open on payment_listing (tenant, status, id) where status in ('begun', 'held', 'waiting', 'sending');
create index payment_listing_moved on payment_listing (provider, moved_ms) where moved_ms is not null;

create function list_payment() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  if not (state ? 'direction' and state ? 'user') then return null; end if; -- what else may be called a payment is in no list
  insert into payment_listing values (
    state->>'id', new.tenant, state->>'user', state->>'direction', state->>'status', state->>'provider', state->>'asset',
    (state->>'amount')::bigint, (state->'paid'->>'amount')::bigint - (state->>'back')::bigint, state->>'target',
    (state->>'begun_ms')::bigint, (state->>'moved_ms')::bigint)
  on conflict (id) do update set status = excluded.status, net = excluded.net, moved_ms = excluded.moved_ms
  where (payment_listing.status, payment_listing.net, payment_listing.moved_ms)
    is distinct from (excluded.status, excluded.net, excluded.moved_ms);
  return null;
end $$;
create trigger payment_is_listed after insert or update of state on actor
  for each row when (new.kind = 'payment') execute function list_payment();
create trigger payment_is_listed after insert on actor_finished
  for each row when (new.kind = 'payment') execute function list_payment();

create table redemption_listing (
  id text primary key,
  tenant text not null,
  user_id text not null,
  status text not null
);
create index redemption_listing_user on redemption_listing (tenant, user_id, id);
create index redemption_listing_all on redemption_listing (tenant, status, id);

create function list_redemption() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  if not (state ? 'count' and state ? 'user') then return null; end if;
  insert into redemption_listing values (state->>'id', new.tenant, state->>'user', state->>'status')
  on conflict (id) do update set status = excluded.status;
  return null;
end $$;
create trigger redemption_is_listed after insert or update of state on actor
  for each row when (new.kind = 'redemption') execute function list_redemption();
create trigger redemption_is_listed after insert on actor_finished
  for each row when (new.kind = 'redemption') execute function list_redemption();

do $$
declare
  name text;
begin
  foreach name in array array['payment_listing', 'redemption_listing'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy cell_writer on %I to %I using (true) with check (true)', name, current_user);
    execute format(
      $policy$create policy tenant_reader on %I for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true))$policy$,
      name);
    execute format('grant select on %I to rollingdrop_reader', name);
  end loop;
end $$;

-- Where money and things are sent to: what names a person, sealed, in rows of its own. `id` is the payment's or the redemption's.
create table sent_to (
  id text primary key,
  tenant text not null,
  user_id uuid not null references app_user on delete cascade,
  sealed text not null
);
create index sent_to_user on sent_to (user_id);
