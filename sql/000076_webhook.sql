-- Where a tenant wants its events sent. `types` null: all that a partner may see. Every event up to `seq` has been sent, put off
-- or is not for it; `failures` counts those in a row. A secret signs, so it cannot rest as a hash: it rests sealed.
create table webhook_endpoint (
  id uuid primary key,
  tenant text not null,
  url text not null,
  sealed_secret text not null,
  types text[],
  disabled text,
  seq bigint not null,
  failures integer not null default 0,
  last_error text,
  delivered_at timestamptz,
  created_at timestamptz not null default now()
);
create index webhook_endpoint_tenant on webhook_endpoint (tenant);

-- An event that could not be delivered, and when it is tried again.
create table webhook_retry (
  endpoint uuid not null references webhook_endpoint on delete cascade,
  seq bigint not null,
  attempts integer not null,
  next_at timestamptz not null,
  error text not null,
  primary key (endpoint, seq)
);
create index webhook_retry_next on webhook_retry (endpoint, next_at);

-- An event that is tried no more.
create table webhook_dead (
  endpoint uuid not null references webhook_endpoint on delete cascade,
  seq bigint not null,
  attempts integer not null,
  error text not null,
  at timestamptz not null default now(),
  primary key (endpoint, seq)
);
