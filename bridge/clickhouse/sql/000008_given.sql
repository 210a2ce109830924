-- What one user has given another, ever.
create table if not exists given_total (
  tenant LowCardinality(String),
  user String,
  other String,
  asset LowCardinality(String),
  gifts SimpleAggregateFunction(sum, Int64),
  given SimpleAggregateFunction(sum, Int128),
  last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
engine = AggregatingMergeTree
order by (tenant, user, other, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists given_total_of_events to given_total as
select
  tenant,
  fact.user as user,
  fact.other as other,
  fact.asset as asset,
  toInt64(count()) as gifts,
  sum(toInt128(fact.given)) as given,
  max(at) as last_at
from transaction_events
array join fact
where fact.user != '' and fact.other != ''
group by tenant, user, other, asset;
