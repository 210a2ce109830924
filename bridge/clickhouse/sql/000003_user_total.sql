-- What each user did with each asset, ever.
create table if not exists user_total (
  tenant LowCardinality(String),
  user String,
  asset LowCardinality(String),
  last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  openings SimpleAggregateFunction(sum, Int64),
  battles SimpleAggregateFunction(sum, Int64),
  wagered SimpleAggregateFunction(sum, Int128),
  won SimpleAggregateFunction(sum, Int128),
  granted SimpleAggregateFunction(sum, Int128),
  sold SimpleAggregateFunction(sum, Int128)
)
engine = AggregatingMergeTree
order by (tenant, user, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists user_total_of_events to user_total as
select
  tenant,
  fact.user as user,
  fact.asset as asset,
  max(at) as last_at,
  sum(fact.openings) as openings,
  sum(fact.seats) as battles,
  sum(toInt128(fact.wagered)) as wagered,
  sum(toInt128(fact.won)) as won,
  sum(toInt128(fact.granted)) as granted,
  sum(toInt128(fact.sold)) as sold
from transaction_events
array join fact
where fact.user != ''
group by tenant, user, asset;
