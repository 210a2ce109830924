-- A client's Idempotency-Key, and the outcome it stands for. `digest` is the SHA-256 of the command that came with it first;
-- `plan` is what was settled then and must not be settled anew (a price), as JSON.
create table idempotency_key (
  tenant text not null,
  principal text not null,
  route text not null,
  key text not null,
  outcome uuid not null,
  digest text not null,
  plan json,
  created_at timestamptz not null default now(),
  primary key (tenant, principal, route, key)
);
create index idempotency_key_created on idempotency_key (created_at);
