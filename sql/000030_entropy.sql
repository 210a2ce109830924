-- Hash chains of the embedded entropy source. A row is there before its head is published and is used only afterwards; the
-- seed rests encrypted with a key that no role of the database has. Times are unix ms.
create table entropy_chain (
  id uuid primary key,          -- also the id of the outcome that publishes the head
  tenant text not null,
  head text not null,
  length integer not null check (length > 0),
  starts_at_ms bigint not null, -- round r is due at starts_at_ms + r * period_ms
  period_ms integer not null check (period_ms > 0),
  sealed_seed text not null,
  published_ms bigint           -- null until its event has been committed
);
create index entropy_chain_start on entropy_chain (tenant, starts_at_ms);
