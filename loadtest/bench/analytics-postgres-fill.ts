import { query } from './bench-database.ts'

/** Users, and whom each of them trades with. */
const USERS = 50_000
const PARTNERS = 5
const DAYS = 90

/** What happened, `$1` times over 90 days: seven of ten are openings, one each a battle, a payment and a sale. */
const HAPPENED = `create unlogged table happened as
  select n, n % 10 as kind, 'user-' || h % ${USERS} as user_id,
    'user-' || (h % ${USERS} + 1 + h / ${USERS} % ${PARTNERS}) % ${USERS} as other_id, 'box-' || h / 7 % 100 as box,
    1 + h / 11 % 3 as version, case when h % 5 = 0 then 'USD' else 'play:CREDIT' end as asset, 1 + h % 3 as boxes,
    'item:sku-' || h / 13 % 300 as item,
    now() - interval '${DAYS} days' * (n::float8 / $1::float8) as at
  from (select n, abs(hashint8(n))::bigint as h from generate_series(1, $1::bigint) n) each`

/** The sums that the sink would have made of it, by the tables they are in. */
const FILLS = [
  `insert into analytics_daily as d (tenant, day, asset, users, openings, battles, wagered, won, granted, sold, fees, deposited)
   select 'main', at::date, asset, count(distinct user_id), sum(boxes), count(*) filter (where kind = 7),
     sum(boxes * 250), sum(boxes * 230), 0, 0, sum(2), sum(500) from happened group by 2, 3
   on conflict (tenant, day, asset) do update set openings = d.openings + excluded.openings`,
  `insert into analytics_daily as d (tenant, day, asset, users, openings, battles, wagered, won, granted, sold, commission)
   select 'partner-' || p, day, asset, users, openings, battles, wagered, won, 0, 0, 9
   from analytics_daily, generate_series(1, 50) p where tenant = 'main' on conflict do nothing`,
  `insert into analytics_active (tenant, day, asset, user_id) select distinct 'main', at::date, asset, user_id from happened
   on conflict do nothing`,
  `insert into analytics_user as u (tenant, user_id, asset, last_at, openings, battles, wagered, won, granted, sold, deposited, reversed)
   select 'main', user_id, asset, max(at), sum(boxes), 0, sum(250), sum(230), 0, 0, sum(500),
     case when max(n) % 50 = 0 then 500 else 0 end
   from happened group by user_id, asset
   on conflict (tenant, user_id, asset) do update set openings = u.openings + excluded.openings`,
  `insert into analytics_box as b (tenant, box, asset, openings, paid, won, draws, drawn)
   select 'main', box, asset, sum(boxes), sum(250), sum(230), 0, 0 from happened group by box, asset on conflict do nothing`,
  `insert into analytics_version (tenant, box, version, asset, openings, paid, won)
   select 'main', box, version, asset, sum(boxes), sum(250), sum(230) from happened group by box, version, asset
   on conflict do nothing`,
  ...['minute', 'hour', 'day'].map(
    (unit) => `insert into analytics_pace (unit, at, tenant, user_id, openings, deposits, withdrawals, trades)
     select '${unit}', date_trunc('${unit}', at, 'UTC'), 'main', user_id, sum(boxes) filter (where kind < 7),
       count(*) filter (where kind = 8), 0, count(*) filter (where kind = 9)
     from happened where kind <> 7 group by 2, user_id having sum(boxes) filter (where kind < 7) is not null
     on conflict do nothing`,
  ),
  `insert into analytics_given (tenant, user_id, other_id, asset, gifts, given, last_at)
   select 'main', user_id, other_id, item, count(*), count(*), max(at) from happened where kind = 9
   group by user_id, other_id, item on conflict do nothing`,
  `insert into analytics_given (tenant, user_id, other_id, asset, gifts, given, last_at)
   select 'main', other_id, user_id, 'USD', count(*), sum(100 + n % 900), max(at) from happened where kind = 9
   group by user_id, other_id on conflict do nothing`,
  `insert into client_event_day (tenant, day, type, events, users)
   select 'main', at::date, 'type-' || kind, count(*), count(distinct user_id) from happened group by 2, 3`,
  `insert into signal (tenant, user_id, kind, digest, first_ms, last_ms, count)
   select 'main', user_id, k.kind, sha256(convert_to(k.kind || case k.kind when 'device' then user_id
       else (abs(hashtext(user_id)) % k.groups)::text end, 'UTF8')),
     extract(epoch from min(at)) * 1000, extract(epoch from max(at)) * 1000, count(*)
   from happened, (values ('device', 1), ('address', 9000), ('payout', 40000)) k(kind, groups)
   group by user_id, k.kind, k.groups`,
  `insert into signal (tenant, user_id, kind, digest, first_ms, last_ms, count)
   select 'main', 'user-' || n, 'device', sha256(convert_to('farm ' || n / 20, 'UTF8')), 1, n, 1 from generate_series(1, 20000) n`,
]

/** Fills the tables of sums as `events` events would have, and returns how many rows they hold. */
export async function fillPostgres(url: string, events: number): Promise<number> {
  await query(url, HAPPENED, [events])
  for (const fill of FILLS) await query(url, fill)
  await query(url, 'drop table happened')
  await query(url, 'vacuum analyze')
  const [row] = await query<{ rows: string }>(
    url,
    `select sum(n_live_tup) as rows from pg_stat_user_tables where relname like any('{analytics%,signal%,client_event%}')`,
  )
  return Number(row!.rows)
}
