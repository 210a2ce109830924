-- Balances at a point in time start from what the archive left, so the tenant's role must see that too, of its own accounts.
alter table archived_balance enable row level security;
alter table archived_balance force row level security;
do $$
begin
  execute format('create policy cell_writer on archived_balance to %I using (true) with check (true)', current_user);
end $$;
create policy tenant_reader on archived_balance for select to rollingdrop_reader using (
  exists (select from account a where a.id = archived_balance.account));
grant select on archived_balance to rollingdrop_reader;
