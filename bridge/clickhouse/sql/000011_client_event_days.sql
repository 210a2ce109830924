-- The sums of days of which nothing more is told, which stay. A day that is summed twice has the same sums both times.
create table if not exists client_event_days (
  tenant LowCardinality(String),
  day Date,
  type LowCardinality(String),
  events UInt64,
  users UInt64
)
engine = ReplacingMergeTree
order by (tenant, day, type)
settings fsync_after_insert = 1;

-- The last day, and with it all before, whose sums are there.
create table if not exists client_event_days_until (
  until Date
)
engine = ReplacingMergeTree
order by until
settings fsync_after_insert = 1;
