-- The server seeds of pairs that are used no more, by pair: what the proof of an opening is completed with. Written by the very
-- statement that ends the pair.
create table revealed_seed (
  pair text primary key,
  tenant text not null,
  user_id text not null,
  server_seed text not null,
  revealed_at timestamptz not null default clock_timestamp()
);

create function reveal_seed() returns trigger language plpgsql as $$
declare
  last jsonb := new.state::jsonb -> 'last';
begin
  if jsonb_typeof(last) = 'object' then
    insert into revealed_seed values (last->>'seeds', new.tenant, new.state::jsonb->>'user', last->>'serverSeed')
    on conflict do nothing;
  end if;
  return null;
end $$;

-- The text begins with the number of pairs begun: an opening leaves it as it is, and costs no more than this comparison.
create trigger seed_is_revealed after update of state on actor
  for each row when (new.kind = 'seeds' and split_part(new.state, ',', 1) is distinct from split_part(old.state, ',', 1))
  execute function reveal_seed();

alter table revealed_seed enable row level security;
alter table revealed_seed force row level security;
do $$ begin
  execute format('create policy cell_writer on revealed_seed to %I using (true) with check (true)', current_user);
end $$;
create policy tenant_reader on revealed_seed for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true));
grant select on revealed_seed to rollingdrop_reader;
