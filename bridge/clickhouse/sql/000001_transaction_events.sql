-- Every committed event, once. A chunk that is sent again is known by its token among the last 10,000 and not stored twice;
-- what slips past that is replaced by seq. `fact` is what the event says about money: one entry for each user, box and asset it
-- concerns, amounts in smallest units. An event is written to disk before it is acknowledged.
create table if not exists transaction_events (
  seq UInt64 codec(Delta, ZSTD),
  lineage LowCardinality(String),
  type LowCardinality(String),
  audience LowCardinality(String),
  tenant LowCardinality(String),
  actor String codec(ZSTD),
  user String codec(ZSTD),
  outcome UUID codec(ZSTD),
  at DateTime64(3, 'UTC') codec(Delta, ZSTD),
  payload String codec(ZSTD),
  fact Nested (
    user String,
    box LowCardinality(String),
    asset LowCardinality(String),
    openings Int64,
    battles Int64,
    seats Int64,
    draws Int64,
    wagered Int64,
    won Int64,
    drawn Int64,
    granted Int64,
    sold Int64
  ),
  index user_index user type bloom_filter granularity 4,
  index actor_index actor type bloom_filter granularity 4
)
engine = ReplacingMergeTree
partition by toYYYYMM(at)
order by seq
ttl toDateTime(at) + interval 2 year
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;
