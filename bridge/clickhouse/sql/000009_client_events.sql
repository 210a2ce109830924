-- What pages tell of how they are used. Of two with one id the first is kept: it is looked for before it is written, and what slips
-- past that is replaced.
create table if not exists client_events (
  tenant LowCardinality(String),
  day Date,
  type LowCardinality(String),
  user String codec(ZSTD),
  id UUID,
  at DateTime64(3, 'UTC') codec(Delta, ZSTD),
  properties String codec(ZSTD)
)
engine = ReplacingMergeTree
partition by day
order by (tenant, day, type, user, id)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
