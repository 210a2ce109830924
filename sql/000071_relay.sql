-- The relay of a sink is an actor; the epoch of its activation fences the cursor. Beside it stand what people ask of the sink
-- (`commands` counts what was asked) and how it last was.
alter table sink_cursor
  add column epoch integer not null default 0,
  add column node text,
  add column state text not null default 'standby',
  add column error text,
  add column paused boolean not null default false,
  add column rewind_to bigint,
  add column commands integer not null default 0;

-- Events that a sink cannot carry, because of what they are. The others went on without them.
create table dead_letter (
  sink text not null,
  lineage text not null,
  seq bigint not null,
  type text not null,
  tenant text not null,
  reason text not null,
  at timestamptz not null default now(),
  primary key (sink, lineage, seq)
);
