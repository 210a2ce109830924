-- What came of sales between users, partners and payments. What was inserted before counts as 0 there: filling ClickHouse anew, by
-- rewinding it to 0, counts all of it.
alter table transaction_events
  add column if not exists fact.version Array(LowCardinality(String)),
  add column if not exists fact.other Array(String),
  add column if not exists fact.fees Array(Int64),
  add column if not exists fact.commission Array(Int64),
  add column if not exists fact.deposits Array(Int64),
  add column if not exists fact.deposited Array(Int64),
  add column if not exists fact.withdrawals Array(Int64),
  add column if not exists fact.withdrawn Array(Int64),
  add column if not exists fact.trades Array(Int64),
  add column if not exists fact.given Array(Int64),
  add column if not exists fact.refunded Array(Int64),
  add column if not exists fact.reversed Array(Int64);

alter table daily
  add column if not exists fees SimpleAggregateFunction(sum, Int128),
  add column if not exists commission SimpleAggregateFunction(sum, Int128),
  add column if not exists deposited SimpleAggregateFunction(sum, Int128),
  add column if not exists withdrawn SimpleAggregateFunction(sum, Int128),
  add column if not exists refunded SimpleAggregateFunction(sum, Int128),
  add column if not exists reversed SimpleAggregateFunction(sum, Int128);

alter table user_total
  add column if not exists fees SimpleAggregateFunction(sum, Int128),
  add column if not exists commission SimpleAggregateFunction(sum, Int128),
  add column if not exists deposited SimpleAggregateFunction(sum, Int128),
  add column if not exists withdrawn SimpleAggregateFunction(sum, Int128),
  add column if not exists refunded SimpleAggregateFunction(sum, Int128),
  add column if not exists reversed SimpleAggregateFunction(sum, Int128);

drop view if exists daily_of_events;

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
  sum(toInt128(fact.sold)) as sold,
  sum(toInt128(fact.fees)) as fees,
  sum(toInt128(fact.commission)) as commission,
  sum(toInt128(fact.deposited)) as deposited,
  sum(toInt128(fact.withdrawn)) as withdrawn,
  sum(toInt128(fact.refunded)) as refunded,
  sum(toInt128(fact.reversed)) as reversed
from transaction_events
array join fact
where fact.other = '' and fact.asset != ''
group by tenant, day, asset;

drop view if exists user_total_of_events;

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
  sum(toInt128(fact.sold)) as sold,
  sum(toInt128(fact.fees)) as fees,
  sum(toInt128(fact.commission)) as commission,
  sum(toInt128(fact.deposited)) as deposited,
  sum(toInt128(fact.withdrawn)) as withdrawn,
  sum(toInt128(fact.refunded)) as refunded,
  sum(toInt128(fact.reversed)) as reversed
from transaction_events
array join fact
where fact.user != '' and fact.other = '' and fact.asset != ''
group by tenant, user, asset;
