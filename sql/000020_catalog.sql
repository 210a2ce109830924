-- Every version of every box ever published; what is in a row never changes. `prizes` holds values as decimal strings in smallest units
-- of `asset`; `hash` is what a battle commits to; `outcome` is the id of the outcome that announces the version, and
-- `announced` says that it has been committed.
create table box_version (
  tenant text not null,
  id text not null,
  version integer not null check (version >= 1),
  name text not null,
  asset text not null,
  price bigint not null check (price > 0),
  prizes jsonb not null,
  hash text not null,
  outcome uuid not null,
  announced boolean not null default false,
  published_at timestamptz not null default now(),
  primary key (tenant, id, version)
);
create index box_version_hash on box_version (hash);
