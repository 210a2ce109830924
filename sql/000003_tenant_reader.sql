-- What services read the ledger with: a role that sees the rows of one tenant, named per transaction, and none without a name.
-- It has rights on the parents of partitions only, so the policies there cannot be walked around.
do $$
declare
  name text;
begin
  if not exists (select from pg_roles where rolname = 'rollingdrop_reader') then
    create role rollingdrop_reader nologin;
  end if;
  execute format('grant rollingdrop_reader to %I', current_user);
  execute 'grant usage on schema public to rollingdrop_reader';
  foreach name in array array['account', 'account_closed', 'outcome', 'transfer', 'event', 'hold', 'hold_closed', 'actor', 'actor_finished'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy cell_writer on %I to %I using (true) with check (true)', name, current_user);
    execute format(
      $policy$create policy tenant_reader on %I for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true))$policy$,
      name);
    execute format('grant select on %I to rollingdrop_reader', name);
  end loop;
end $$;
