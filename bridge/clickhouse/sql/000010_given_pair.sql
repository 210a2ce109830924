-- What two users have given each other, ever, both ways in one row: what came back stands beside what was given, so nothing is
-- joined. `a` is the one whose name comes first; what somebody has given
-- themselves stands both ways. All pairs are
-- compared by `pair`, a number that follows from both names: names are read of few only.
drop view if exists given_total_of_events;

drop table if exists given_total;

create table if not exists given_pair (
  tenant LowCardinality(String),
  pair UInt64,
  a String,
  b String,
  asset LowCardinality(String),
  gifts_ab SimpleAggregateFunction(sum, Int64),
  gifts_ba SimpleAggregateFunction(sum, Int64),
  ab SimpleAggregateFunction(sum, Int128),
  ba SimpleAggregateFunction(sum, Int128),
  last_ab SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
  last_ba SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
engine = AggregatingMergeTree
order by (tenant, pair, a, b, asset)
settings non_replicated_deduplication_window = 10000, fsync_after_insert = 1;

create materialized view if not exists given_pair_of_events to given_pair as
select
  tenant,
  cityHash64(a, b) as pair,
  least(fact.user, fact.other) as a,
  greatest(fact.user, fact.other) as b,
  fact.asset as asset,
  toInt64(countIf(fact.user <= fact.other)) as gifts_ab,
  toInt64(countIf(fact.user >= fact.other)) as gifts_ba,
  sumIf(toInt128(fact.given), fact.user <= fact.other) as ab,
  sumIf(toInt128(fact.given), fact.user >= fact.other) as ba,
  maxIf(at, fact.user <= fact.other) as last_ab,
  maxIf(at, fact.user >= fact.other) as last_ba
from transaction_events
array join fact
where fact.user != '' and fact.other != ''
group by tenant, pair, a, b, asset;
