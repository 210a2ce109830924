-- The events that are being written to ClickHouse right now, named before they are: whoever comes after a crash writes exactly
-- these again, under the same token, so that ClickHouse knows them. All before `first_seq` have been written.
create table clickhouse_chunk (
  sink text primary key,
  lineage text not null,
  first_seq bigint not null,
  last_seq bigint not null
);

-- Analytics for those who have no ClickHouse: the same sums, of the same facts. Every event up to `seq` is counted.
create table analytics_cursor (
  sink text primary key,
  lineage text not null,
  seq bigint not null
);

-- Sums are wider than what they add up.
create table analytics_daily (
  tenant text not null,
  day date not null,
  asset text not null,
  users bigint not null,
  openings bigint not null,
  battles bigint not null,
  wagered numeric not null,
  won numeric not null,
  granted numeric not null,
  sold numeric not null,
  primary key (tenant, day, asset)
) with (fillfactor = 70);

-- Who was there on a day, so that each is counted once.
create table analytics_active (
  tenant text not null,
  day date not null,
  asset text not null,
  user_id text not null,
  primary key (tenant, day, asset, user_id)
);

create table analytics_user (
  tenant text not null,
  user_id text not null,
  asset text not null,
  last_at timestamptz not null,
  openings bigint not null,
  battles bigint not null,
  wagered numeric not null,
  won numeric not null,
  granted numeric not null,
  sold numeric not null,
  primary key (tenant, user_id, asset)
) with (fillfactor = 70);

create table analytics_box (
  tenant text not null,
  box text not null,
  asset text not null,
  openings bigint not null,
  paid numeric not null,
  won numeric not null,
  draws bigint not null,
  drawn numeric not null,
  primary key (tenant, box, asset)
) with (fillfactor = 70);
