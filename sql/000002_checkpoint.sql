-- Signed points of the chain, one a minute. Each commits to `hash`, the chain up to `seq`, and to `root`, a Merkle tree over the
-- hashes of the batches after `since`, so that a proof from any of them to here is short.
create table checkpoint (
  seq bigint primary key,
  since bigint not null unique,
  lineage text not null,
  hash bytea not null,
  root bytea not null,
  at timestamptz not null,
  key_id text not null,
  public_key bytea not null,
  signature bytea not null
);
