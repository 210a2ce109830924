-- What came of sales between users, partners and payments. Days and users counted before go on with 0: rewinding the analytics to 0
-- counts all of it.
alter table analytics_daily
  add column fees numeric not null default 0,
  add column commission numeric not null default 0,
  add column deposited numeric not null default 0,
  add column withdrawn numeric not null default 0,
  add column refunded numeric not null default 0,
  add column reversed numeric not null default 0;
alter table analytics_user
  add column fees numeric not null default 0,
  add column commission numeric not null default 0,
  add column deposited numeric not null default 0,
  add column withdrawn numeric not null default 0,
  add column refunded numeric not null default 0,
  add column reversed numeric not null default 0;
create index analytics_user_reversed on analytics_user (tenant, reversed desc) where reversed > 0;

-- What each version of a box gave: its odds are known exactly, so what it should have given is, too.
create table analytics_version (
  tenant text not null,
  box text not null,
  version integer not null,
  asset text not null,
  openings bigint not null,
  paid numeric not null,
  won numeric not null,
  primary key (tenant, box, version, asset)
) with (fillfactor = 70);

-- How much users do within a minute, an hour and a day of UTC; the first two are kept for two months.
create table analytics_pace (
  unit text not null check (unit in ('minute', 'hour', 'day')),
  at timestamptz not null,
  tenant text not null,
  user_id text not null,
  openings bigint not null,
  deposits bigint not null,
  withdrawals bigint not null,
  trades bigint not null,
  primary key (unit, at, tenant, user_id)
) with (fillfactor = 70);

-- What one user has given another.
create table analytics_given (
  tenant text not null,
  user_id text not null,
  other_id text not null,
  asset text not null,
  gifts bigint not null,
  given numeric not null,
  last_at timestamptz not null,
  primary key (tenant, user_id, other_id, asset)
) with (fillfactor = 70);
create index analytics_given_most on analytics_given (tenant, given desc);
