import pg from 'pg'

const SUMS = 'openings, battles, wagered, won, granted, sold'

/** What the events say about money, told by Postgres from nothing but their payloads. */
const FACTS = `with fact(tenant, "user", box, asset, openings, battles, seats, draws, wagered, won, drawn, granted, sold) as (
  select tenant, payload->>'user', '', payload->>'asset', 0, 0, 0, 0, 0, 0, 0, (payload->>'amount')::numeric, 0
    from event where type = 'faucet.granted'
  union all
  select tenant, payload->>'user', '', payload->>'money', 0, 0, 0, 0, 0, 0, 0, 0, (payload->>'paid')::numeric
    from event where type = 'item.sold'
  union all
  select tenant, payload->>'user', payload->>'box', payload->>'asset', json_array_length(payload->'drops'), 0, 0, 0,
    (payload->>'price')::numeric,
    (select sum((value->>'value')::numeric) from json_array_elements(payload->'drops')), 0, 0, 0
    from event where type = 'opening.opened' and payload->>'price' <> 'unreadable'
  union all
  select tenant, '', '', payload->>'asset', 0, 1, 0, 0, 0, 0, 0, 0, 0 from event where type = 'battle.settled'
  union all
  select tenant, seat->>'user', '', payload->>'asset', 0, 0, 1, 0,
    (payload->>'price')::numeric, (seat->>'share')::numeric, 0, 0, 0
    from event, json_array_elements(payload->'seats') seat where type = 'battle.settled' and seat->>'user' is not null
  union all
  select tenant, '', drop->>'box', payload->>'asset', 0, 0, 0, 1, 0, 0, (drop->>'value')::numeric, 0, 0
    from event, json_array_elements(payload->'drops') drop where type = 'battle.settled')`

/** The same question to both: to Postgres, which answers from events, and to ClickHouse, from what it has been sent. */
const questions = [
  {
    what: 'events',
    postgres: 'select seq, type, tenant, outcome from event',
    clickhouse: 'select seq, type, tenant, outcome from transaction_events',
  },
  {
    what: 'sums by day',
    postgres: `${FACTS} select tenant, asset, sum(openings), sum(battles), sum(wagered), sum(won), sum(granted), sum(sold)
      from fact group by tenant, asset`,
    clickhouse: `select tenant, asset, ${summed(SUMS)} from daily group by tenant, asset`,
  },
  {
    what: 'sums by user',
    postgres: `${FACTS} select tenant, "user", asset, sum(openings), sum(seats), sum(wagered), sum(won), sum(granted), sum(sold)
      from fact where "user" <> '' group by tenant, "user", asset`,
    clickhouse: `select tenant, user, asset, ${summed(SUMS)} from user_total group by tenant, user, asset`,
  },
  {
    what: 'sums by box',
    postgres: `${FACTS} select tenant, box, asset, sum(openings), sum(wagered), sum(won), sum(draws), sum(drawn)
      from fact where box <> '' group by tenant, box, asset`,
    clickhouse: `select tenant, box, asset, ${summed('openings, paid, won, draws, drawn')} from box_total
      group by tenant, box, asset`,
  },
  {
    what: 'dead letters',
    postgres: `select seq from dead_letter where sink = 'clickhouse'`,
    clickhouse: `select seq from transaction_events where payload like '%"unreadable"%'`,
  },
]

function summed(columns: string): string {
  return columns.replaceAll(/\w+/g, 'sum($&)')
}

/** `equal`, or the first thing in which ClickHouse and Postgres differ. */
export async function compareRows(databaseUrl: string, clickhouseUrl: string): Promise<string> {
  for (const { what, postgres, clickhouse } of questions) {
    const difference = differenceOf(
      await askPostgres(databaseUrl, postgres),
      await askClickHouse(clickhouseUrl, clickhouse),
    )
    if (difference !== undefined) return `${what}: ${difference}`
  }
  return 'equal'
}

async function askPostgres(databaseUrl: string, text: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    // As arrays, because sums have no names of their own.
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' })
    return rows.map((row) => row.join('\t'))
  } finally {
    await client.end()
  }
}

/** Without `final`: a row that is there twice and not yet merged shall be seen. */
async function askClickHouse(clickhouseUrl: string, text: string): Promise<readonly string[]> {
  const url = Object.assign(new URL(clickhouseUrl), { search: '?database=rollingdrop' })
  const response = await fetch(url, { method: 'POST', body: `${text} format TabSeparated` })
  const answer = await response.text()
  if (!response.ok) throw new Error(`ClickHouse: ${answer}`)
  return answer.split('\n').filter(Boolean)
}

/** The first line, in order, that only one of the two has, or that one has more often. */
export function differenceOf(postgres: readonly string[], clickhouse: readonly string[]): string | undefined {
  const [ours, theirs] = [postgres.toSorted(), clickhouse.toSorted()]
  const at = ours.findIndex((line, i) => line !== theirs[i])
  if (at === -1 && ours.length === theirs.length) return undefined
  const i = at === -1 ? ours.length : at
  const counts = `${ours.length} in Postgres, ${theirs.length} in ClickHouse`
  return `${counts}; first ${JSON.stringify(ours[i] ?? null)} and ${JSON.stringify(theirs[i] ?? null)}`
}
