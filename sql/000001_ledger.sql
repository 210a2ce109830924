-- The ledger. Money is bigint in smallest units; times are kept to the millisecond, because events carry them as such.

-- One row: the last seq given, the hash of the chain up to it, and when. Every batch takes it last and for one statement.
create table head (
  one boolean primary key default true check (one),
  lineage text not null,
  seq bigint not null,
  hash bytea not null,
  at timestamptz not null
) with (fillfactor = 10);  -- one row updated in place for ever: room on its page keeps every update heap-only
insert into head values (true, substr(md5(gen_random_uuid()::text), 1, 16), 0, '\x0000000000000000000000000000000000000000000000000000000000000000', date_trunc('milliseconds', clock_timestamp()));

-- Ids come in blocks of 1,024 to each writer, so that a batch names the accounts it opens without asking.
create sequence account_id increment by 1024;

create table account (
  id bigint primary key,
  tenant text not null,
  owner text not null,
  asset text not null,
  balance bigint not null,
  held bigint not null,
  version bigint not null,
  frozen boolean not null,
  may_be_negative boolean not null,
  constraint account_covers_holds check (may_be_negative or balance - held >= 0),
  constraint account_held_positive check (held >= 0)
) with (
  fillfactor = 70,                          -- balances change all the time: room on the page keeps updates heap-only
  autovacuum_vacuum_scale_factor = 0.02,    -- hot rows leave dead versions faster than the default 20 % would notice
  autovacuum_vacuum_cost_delay = 0
);
create unique index account_name on account (tenant, owner, asset);

-- Emptied for good (a finished battle's escrow): kept so that old transfers keep their names.
create table account_closed (
  id bigint primary key,
  tenant text not null,
  owner text not null,
  asset text not null,
  version bigint not null
);
create index account_closed_name on account_closed (tenant, owner, asset);

-- Ids are UUIDv7, or keep the time bits of one, so the id itself says the partition. `steps` are the hold and freeze steps.
create table outcome (
  id uuid primary key,
  tenant text not null,
  kind text not null,
  owner text,
  actor text,
  epoch integer,
  version bigint,
  request bytea not null,
  first_seq bigint not null,
  last_seq bigint not null,
  steps text,
  at timestamptz not null
) partition by range (id);
-- For the audit, which walks outcomes in the order of seq.
create index outcome_seq on outcome (first_seq);

create table transfer (
  seq bigint not null,
  n smallint not null,
  tenant text not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  debit_after bigint not null,
  credit_after bigint not null,
  hold uuid,
  primary key (seq, n)
) partition by range (seq);
create index transfer_debit on transfer (debit, seq, n);
create index transfer_credit on transfer (credit, seq, n);

-- The outbox itself: append-only. `payload` is json and not jsonb, because its bytes are hashed as they were written.
create table event (
  seq bigint primary key,
  type text not null,
  audience text not null,
  tenant text not null,
  actor text,
  user_id text,
  outcome uuid not null,
  at timestamptz not null,
  payload json not null
) partition by range (seq);
create index event_tenant on event (tenant, type, seq);
create index event_actor on event (actor, seq) where actor is not null;
create index event_user on event (user_id, seq) where user_id is not null;

-- Open holds only; a closed one moves to hold_closed in the statement that closes it.
create table hold (
  id uuid primary key,
  tenant text not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null check (amount > 0),
  expires_at timestamptz,
  placed_by uuid not null
) with (autovacuum_vacuum_scale_factor = 0.02);
create index hold_debit on hold (debit, expires_at);
create index hold_expiry on hold (expires_at) where expires_at is not null;

create table hold_closed (
  id uuid primary key,
  tenant text not null,
  debit bigint not null,
  credit bigint not null,
  amount bigint not null,
  expires_at timestamptz,
  placed_by uuid not null,
  closed_by uuid not null,
  posted bigint not null,
  how text not null check (how in ('posted', 'voided', 'expired'))
);

-- Who acts: epoch rises with each activation, version with each commit. Both are the fence.
create table actor (
  id text primary key,
  tenant text not null,
  kind text not null,
  epoch integer not null,
  version bigint not null,
  state text not null,
  node text,
  wake_at timestamptz
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
create index actor_kind on actor (tenant, kind, id);
create index actor_node on actor (node);

create table actor_finished (
  id text primary key,
  tenant text not null,
  kind text not null,
  epoch integer not null,
  version bigint not null,
  state text not null,
  finished_at timestamptz not null
);
create index actor_finished_kind on actor_finished (tenant, kind, id);

-- One row a commit: what the audit derives again. hash = sha256(previous hash ‖ digest ‖ last_seq ‖ at in ms), the
-- numbers as 8 bytes big-endian; digest is the Merkle root over the batch's outcomes, salted with `salt`.
create table batch (
  last_seq bigint primary key,
  first_seq bigint not null,
  at timestamptz not null,
  decided_at timestamptz not null,
  salt bytea not null,
  digest bytea not null,
  hash bytea not null
);

-- A node lives while its lease runs and its session holds the advisory lock (7, lock_key). Neither is the fence.
create table node (
  id text primary key,
  process text not null,
  address text not null,
  draining boolean not null default false,
  lock_key integer generated always as identity,
  lease_until timestamptz not null
);

create function node_is_live(wanted text) returns boolean language sql volatile as $$
  select exists (
    select 1 from node
    where id = wanted and lease_until > clock_timestamp() and exists (
      select 1 from pg_locks
      where locktype = 'advisory' and classid = 7 and objid::bigint = node.lock_key and granted
        and database = (select oid from pg_database where datname = current_database())))
$$;

-- Adds the partition of `parent` that covers seq `low` up to `low + size`, unless it is there. Made apart and attached, because
-- that takes a lock on the parent that does not stop writers.
create function add_seq_partition(parent text, low bigint, size bigint) returns void language plpgsql as $$
declare name text := format('%s_%s', parent, low / size);
begin
  if to_regclass(name) is not null then return; end if;
  execute format('create table %I (like %I including defaults including constraints)', name, parent);
  execute format('alter table %I attach partition %I for values from (%s) to (%s)', parent, name, low, low + size);
end $$;

-- Adds the partition of outcomes whose ids carry a time of the UTC day `day`. The first covers all that came before it.
create function add_outcome_partition(day date) returns void language plpgsql as $$
declare
  name text := format('outcome_%s', to_char(day, 'YYYYMMDD'));
  low text := format('%s-0000-0000-000000000000', regexp_replace(lpad(to_hex((extract(epoch from day::timestamp) * 1000)::bigint), 12, '0'), '^(.{8})(.{4})$', '\1-\2'));
  high text := format('%s-0000-0000-000000000000', regexp_replace(lpad(to_hex((extract(epoch from (day + 1)::timestamp) * 1000)::bigint), 12, '0'), '^(.{8})(.{4})$', '\1-\2'));
begin
  if to_regclass(name) is not null then return; end if;
  execute format('create table %I (like outcome including defaults including constraints)', name);
  execute format('alter table outcome attach partition %I for values from (%L) to (%L)', name, low, high);
end $$;

-- What `ledger` calls at start and ahead of need. The advisory lock keeps two nodes from making one partition twice.
create function add_partitions(seq_size bigint, seqs_ahead integer, days_ahead integer) returns void language plpgsql as $$
declare
  base bigint := (select seq / seq_size * seq_size from head);
  today date := (clock_timestamp() at time zone 'utc')::date;
begin
  perform pg_advisory_xact_lock(7310002);
  for i in 0 .. seqs_ahead loop
    perform add_seq_partition('transfer', base + i * seq_size, seq_size);
    perform add_seq_partition('event', base + i * seq_size, seq_size);
  end loop;
  for i in -1 .. days_ahead loop
    perform add_outcome_partition(today + i);
  end loop;
end $$;
