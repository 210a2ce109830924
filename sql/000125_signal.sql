-- From where and with what somebody came: devices, addresses and where money was paid to. `digest` is keyed: it says that two are
-- the same and not what they are, and only within one tenant and kind. Times are unix ms.
create table signal (
  tenant text not null,
  user_id text not null,
  kind text not null check (kind in ('device', 'address', 'payout')),
  digest bytea not null,
  first_ms bigint not null,
  last_ms bigint not null,
  count bigint not null,
  primary key (tenant, kind, digest, user_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index signal_by_user on signal (user_id);
create index signal_by_age on signal (last_ms);

-- How many users share one, so that the largest groups are found without counting all of them.
create table signal_group (
  tenant text not null,
  kind text not null,
  digest bytea not null,
  users bigint not null,
  primary key (tenant, kind, digest)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
create index signal_group_large on signal_group (tenant, kind, users desc, digest) where users > 1;

create function count_signals_added() returns trigger language plpgsql as $$
begin
  insert into signal_group as g
  select tenant, kind, digest, count(*) from added group by tenant, kind, digest order by tenant, kind, digest
  on conflict (tenant, kind, digest) do update set users = g.users + excluded.users;
  return null;
end $$;

create function count_signals_gone() returns trigger language plpgsql as $$
begin
  with gone_of as (
    select tenant, kind, digest, count(*) as users from gone group by tenant, kind, digest
  ), locked as (
    select g.tenant, g.kind, g.digest, gone_of.users from signal_group g join gone_of using (tenant, kind, digest)
    order by g.tenant, g.kind, g.digest for update of g
  )
  update signal_group g set users = g.users - locked.users from locked
  where (g.tenant, g.kind, g.digest) = (locked.tenant, locked.kind, locked.digest);
  delete from signal_group g using (select distinct tenant, kind, digest from gone) gone_of
  where (g.tenant, g.kind, g.digest) = (gone_of.tenant, gone_of.kind, gone_of.digest) and g.users <= 0;
  return null;
end $$;

create trigger signal_is_counted after insert on signal
  referencing new table as added for each statement execute function count_signals_added();
create trigger signal_is_uncounted after delete on signal
  referencing old table as gone for each statement execute function count_signals_gone();
