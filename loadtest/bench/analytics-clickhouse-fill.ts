import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { measures } from '../../bridge/analytics/facts.ts'

const USERS = 50_000
const PARTNERS = 5
const DAYS = 90
/** Written by one statement, which is waited for. */
const CHUNK = 500_000
const CHUNK_MS = 600_000

/** What a measure is, by the kind of the event: a list for what it says of each that it concerns. */
const FIGURES: Readonly<Record<string, readonly [kinds: string, list: string]>> = {
  openings: ['kind < 7', '[toInt64(boxes)]'],
  wagered: ['kind < 8', 'if(kind = 7, [toInt64(250), toInt64(250)], [toInt64(boxes * 250)])'],
  won: ['kind < 8', 'if(kind = 7, [toInt64(500), toInt64(0)], [toInt64(boxes * 230)])'],
  seats: ['kind = 7', '[toInt64(1), toInt64(1)]'],
  deposits: ['kind = 8', '[toInt64(1)]'],
  deposited: ['kind = 8', '[toInt64(500)]'],
  reversed: ['kind = 8', '[toInt64(if(h % 50 = 0, 500, 0))]'],
  trades: ['kind = 9', '[toInt64(1), toInt64(1), toInt64(0), toInt64(0)]'],
  fees: ['kind = 9', '[toInt64(2), toInt64(0), toInt64(0), toInt64(0)]'],
  given: ['kind = 9', '[toInt64(0), toInt64(0), toInt64(1), toInt64(100 + h % 900)]'],
}

const figures = measures
  .map((name) => {
    const [kinds, list] = FIGURES[name] ?? ['1 = 0', '[toInt64(0)]']
    return `if(${kinds}, ${list}, arrayWithConstant(facts, toInt64(0)))`
  })
  .join(',\n    ')

const FILL = `insert into transaction_events (seq, lineage, type, audience, tenant, actor, user, outcome, at, payload,
    fact.user, fact.box, fact.version, fact.other, fact.asset, ${measures.map((name) => `fact.${name}`).join(', ')})
  with
    number % 10 as kind, cityHash64(number) as h, intDiv(h, 1000) % 3 + 1 as boxes,
    multiIf(kind = 7, 2, kind = 9, 4, 1) as facts,
    concat('user-', toString(h % ${USERS})) as one,
    concat('user-', toString((h % ${USERS} + 1 + intDiv(h, ${USERS}) % ${PARTNERS}) % ${USERS})) as two,
    if(h % 5 = 0, 'USD', 'play:CREDIT') as money,
    if(h % 8 = 0, concat('partner-', toString(h % 50)), 'main') as world
  select
    number + {from:UInt64}, 'abcdef0123456789',
    ['opening.opened', 'battle.settled', 'deposit.posted', 'listing.sold'][multiIf(kind < 7, 1, kind = 7, 2, kind = 8, 3, 4)],
    'public', world, '', one, generateUUIDv4(number),
    toDateTime64(now64(3) - toIntervalSecond(${DAYS * 86_400} * (1 - number / {events:UInt64})), 3, 'UTC'),
    '{"as":"committed"}',
    multiIf(kind < 7 or kind = 8, [one], kind = 7, [one, two], [one, two, one, two]),
    if(kind < 7, [concat('box-', toString(intDiv(h, 7) % 100))], arrayWithConstant(facts, '')),
    if(kind < 7, [toString(1 + intDiv(h, 11) % 3)], arrayWithConstant(facts, '')),
    if(kind = 9, ['', '', two, one], arrayWithConstant(facts, '')),
    if(kind = 9, [money, '', concat('item:sku-', toString(intDiv(h, 13) % 300)), 'USD'], arrayWithConstant(facts, money)),
    ${figures}
  from numbers({start:UInt64}, {rows:UInt64})`

const TELL = `insert into client_events
  select 'main', toDate(at), concat('type-', toString(number % 10)), concat('user-', toString(cityHash64(number) % ${USERS})),
    generateUUIDv4(number), toDateTime64(now64(3) - toIntervalSecond(${DAYS * 86_400} * (1 - number / {events:UInt64})), 3, 'UTC') as at,
    '{"page":"lobby"}'
  from numbers({start:UInt64}, {rows:UInt64})`

/** Makes `events` events and as many that pages told, over 90 days, on the server; the sums follow by themselves. */
export async function fillClickHouse(url: string, events: number, after: number): Promise<void> {
  const client = createClient({ url, request_timeout: CHUNK_MS, log: { level: ClickHouseLogLevel.OFF } })
  try {
    for (let start = 0; start < events; start += CHUNK) {
      const rows = Math.min(CHUNK, events - start)
      const query_params = { events, start, rows, from: after + 1 }
      await client.command({ query: FILL, query_params })
      await client.command({ query: TELL, query_params })
    }
  } finally {
    await client.close()
  }
}
