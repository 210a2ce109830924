-- How much users do within a minute, an hour and a day of UTC; the first two are kept for two months.
create table if not exists pace (
  tenant LowCardinality(String),
  unit LowCardinality(String),
  at DateTime('UTC') codec(Delta, ZSTD),
  user String,
  openings SimpleAggregateFunction(sum, Int64),
  deposits SimpleAggregateFunction(sum, Int64),
  withdrawals SimpleAggregateFunction(sum, Int64),
  trades SimpleAggregateFunction(sum, Int64)
)
engine = AggregatingMergeTree
order by (tenant, unit, at, user)
ttl at + interval 62 day delete where unit != 'day'
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists pace_of_events to pace as
with arrayJoin([('minute', 60), ('hour', 3600), ('day', 86400)]) as span
select
  tenant,
  span.1 as unit,
  toDateTime(intDiv(toUnixTimestamp64Milli(transaction_events.at), span.2 * 1000) * span.2, 'UTC') as at,
  fact.user as user,
  sum(fact.openings) as openings,
  sum(fact.deposits) as deposits,
  sum(fact.withdrawals) as withdrawals,
  sum(fact.trades) as trades
from transaction_events
array join fact
where fact.user != '' and (fact.openings > 0 or fact.deposits > 0 or fact.withdrawals > 0 or fact.trades > 0)
group by tenant, unit, at, user;
