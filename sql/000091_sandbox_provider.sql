-- What the sandbox of a payment provider knows: it stands for somebody else's database, and nothing of ours refers to it.
create table sandbox_payment (
  reference text primary key,
  payment text not null unique,
  direction text not null,
  asset text not null,
  amount bigint not null,
  target text,
  made_ms bigint not null
);

-- What has happened, once each.
create table sandbox_event (
  id text primary key,
  payment text not null references sandbox_payment (payment),
  type text not null,
  part text not null,
  asset text not null,
  amount bigint not null,
  at_ms bigint not null,
  unique (payment, type, part)
);
create index sandbox_event_time on sandbox_event (at_ms);

-- When it is told: as often as there are rows, each until it is heard.
create table sandbox_delivery (
  id bigint generated always as identity primary key,
  event text not null references sandbox_event,
  due_ms bigint not null,
  tries integer not null default 0
);
create index sandbox_delivery_due on sandbox_delivery (due_ms);
