-- What each box cost and gave, ever.
create table if not exists box_total (
  tenant LowCardinality(String),
  box LowCardinality(String),
  asset LowCardinality(String),
  openings SimpleAggregateFunction(sum, Int64),
  paid SimpleAggregateFunction(sum, Int128),
  won SimpleAggregateFunction(sum, Int128),
  draws SimpleAggregateFunction(sum, Int64),
  drawn SimpleAggregateFunction(sum, Int128)
)
engine = AggregatingMergeTree
order by (tenant, box, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists box_total_of_events to box_total as
select
  tenant,
  fact.box as box,
  fact.asset as asset,
  sum(fact.openings) as openings,
  sum(toInt128(fact.wagered)) as paid,
  sum(toInt128(fact.won)) as won,
  sum(fact.draws) as draws,
  sum(toInt128(fact.drawn)) as drawn
from transaction_events
array join fact
where fact.box != ''
group by tenant, box, asset;
