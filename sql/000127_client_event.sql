-- What pages tell of how they are used, each event once, one partition a day of UTC: a day that is over for long goes as a whole.
create table client_event (
  day date not null,
  tenant text not null,
  user_id text not null,
  id uuid not null,
  type text not null,
  at_ms bigint not null,
  properties text not null,
  primary key (day, tenant, user_id, id)
) partition by range (day);

-- Who told of what on a day, so that each is counted once.
create table client_event_user (
  tenant text not null,
  day date not null,
  type text not null,
  user_id text not null,
  primary key (tenant, day, type, user_id)
);

-- The sums of each day, which stay.
create table client_event_day (
  tenant text not null,
  day date not null,
  type text not null,
  events bigint not null,
  users bigint not null,
  primary key (tenant, day, type)
) with (fillfactor = 70);

-- Makes the partition of a day unless it is there. Only one at a time makes any.
create function make_client_event_day(wanted date) returns void language plpgsql as $$
declare
  name text := 'client_event_' || to_char(wanted, 'YYYYMMDD');
begin
  if to_regclass(name) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext('client_event'));
  execute format('create table if not exists %I partition of client_event for values from (%L) to (%L)', name, wanted, wanted + 1);
end $$;

-- Drops the partitions of all days before one, and who was there on them.
create function drop_client_event_days(before date) returns void language plpgsql as $$
declare
  name text;
begin
  for name in
    select inhrelid::regclass::text from pg_inherits where inhparent = 'client_event'::regclass
      and right(inhrelid::regclass::text, 8) < to_char(before, 'YYYYMMDD')
  loop
    execute format('drop table if exists %I', name);
  end loop;
  delete from client_event_user where day < before;
end $$;
