-- How far each sink has got: every event up to `seq` of this lineage is in it.
create table sink_cursor (
  name text primary key,
  lineage text not null,
  seq bigint not null,
  moved_at timestamptz not null default now()
);
