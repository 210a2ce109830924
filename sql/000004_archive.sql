-- What left the hot tables: seqs (after_seq, last_seq], whole batches, are in `file` and nowhere else. The chain goes on from
-- `hash`. Receipts and statements of what is archived are read from the file, by design.
create table archive (
  last_seq bigint primary key,
  after_seq bigint not null,
  hash bytea not null,
  at timestamptz not null,
  battles_ended bigint not null,
  file text not null,
  sha256 bytea not null,
  archived_at timestamptz not null default clock_timestamp()
);

-- Where the archived legs left each account that did not stand at 0, so that the hot ones can be added on top.
create table archived_balance (
  account bigint primary key,
  balance bigint not null
);
