-- What each asset went through on each day of UTC, kept for good. Sums are wider than what they add up.
create table if not exists daily (
  tenant LowCardinality(String),
  day Date,
  asset LowCardinality(String),
  users AggregateFunction(uniqExactIf, String, UInt8),
  openings SimpleAggregateFunction(sum, Int64),
  battles SimpleAggregateFunction(sum, Int64),
  wagered SimpleAggregateFunction(sum, Int128),
  won SimpleAggregateFunction(sum, Int128),
  granted SimpleAggregateFunction(sum, Int128),
  sold SimpleAggregateFunction(sum, Int128)
)
engine = AggregatingMergeTree
order by (tenant, day, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists daily_of_events to daily as
select
  tenant,
  toDate(at) as day,
  fact.asset as asset,
  uniqExactIfState(fact.user, fact.user != '') as users,
  sum(fact.openings) as openings,
  sum(fact.battles) as battles,
  sum(toInt128(fact.wagered)) as wagered,
  sum(toInt128(fact.won)) as won,
  sum(toInt128(fact.granted)) as granted,
  sum(toInt128(fact.sold)) as sold
from transaction_events
array join fact
group by tenant, day, asset;
