-- What each version of a box gave when it was opened alone, ever.
create table if not exists version_total (
  tenant LowCardinality(String),
  box LowCardinality(String),
  version UInt32,
  asset LowCardinality(String),
  openings SimpleAggregateFunction(sum, Int64),
  paid SimpleAggregateFunction(sum, Int128),
  won SimpleAggregateFunction(sum, Int128)
)
engine = AggregatingMergeTree
order by (tenant, box, version, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists version_total_of_events to version_total as
select
  tenant,
  fact.box as box,
  toUInt32(fact.version) as version,
  fact.asset as asset,
  sum(fact.openings) as openings,
  sum(toInt128(fact.wagered)) as paid,
  sum(toInt128(fact.won)) as won
from transaction_events
array join fact
where fact.version != ''
group by tenant, box, version, asset;
