import type { Family } from '../../schema/avro/schemas.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import { formatPosition } from '../../schema/position.ts'
import { changesOf } from './changes.ts'
import { userOf } from './route.ts'

/** What stands around an event in each of its records. */
export type Surroundings = Readonly<{ lineage: string; region: string; partner: string | null }>

type Payload = CommittedEvent['payload']
type Item = Readonly<{ sku: string; rarity: string; value: string }>

/** The seeds' own words; later types are told by `type`, because a reader of an older schema knows no further symbol. */
const eventTypes: Partial<Record<EventType, string>> = {
  'faucet.granted': 'DEPOSIT',
  'opening.opened': 'BOX_OPENING',
  'item.sold': 'REDEMPTION',
}

/** An event as a record of `family`. Throws where its payload is not what its type promises. */
export function recordOf(event: CommittedEvent, family: Family, around: Surroundings): Record<string, unknown> {
  const common = commonOf(event, around)
  switch (family) {
    case 'transaction':
      return { ...common, ...transactionOf(event, around.region) }
    case 'battle':
      return { ...common, userId: userOf(event), ...battleOf(event) }
    case 'inventory':
      return { ...common, userId: userOf(event), changes: changesOf(event) }
    case 'admin':
      return { ...common, userId: userOf(event), actor: event.actor }
  }
  return family satisfies never
}

function commonOf({ seq, at_ms, type, tenant, outcome, payload }: CommittedEvent, around: Surroundings) {
  return {
    seq,
    messageId: formatPosition({ lineage: around.lineage, seq }),
    timestamp: BigInt(at_ms),
    type,
    tenant,
    partnerId: around.partner,
    transactionId: outcome,
    payload: toJson(payload),
  }
}

function transactionOf(event: CommittedEvent, region: string) {
  const { payload, type } = event
  const minor = amountIn(payload, 'price') ?? amountIn(payload, 'paid') ?? amountIn(payload, 'amount') ?? 0n
  const items = ((payload['drops'] as readonly Item[] | undefined) ?? []).map(({ sku, rarity, value }) => {
    const valueMinor = BigInt(value)
    return { itemId: sku, rarity, value: majorOf(valueMinor), valueMinor }
  })
  const total = items.length === 0 ? minor : items.reduce((sum, { valueMinor }) => sum + valueMinor, 0n)
  return {
    eventType: eventTypes[type] ?? 'TRADE',
    userId: userOf(event) ?? '',
    data: {
      boxId: textIn(payload, 'box'),
      amount: majorOf(minor),
      items,
      totalValue: majorOf(total),
      asset: textIn(payload, 'money') ?? textIn(payload, 'asset'),
      amountMinor: minor,
      totalValueMinor: total,
    },
    metadata: { region, apiVersion: '1', source: 'ledger' },
  }
}

function battleOf({ payload, actor }: CommittedEvent) {
  return {
    battle: textIn(payload, 'battle') ?? actor ?? '',
    asset: textIn(payload, 'asset'),
    amountMinor: amountIn(payload, 'pot') ?? amountIn(payload, 'price') ?? 0n,
  }
}

/** All money of ours has hundredths; what is rounded here stands exactly beside it. */
const majorOf = (minor: bigint): number => Number(minor) / 100

function textIn(payload: Payload, name: string): string | null {
  const value = payload[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`)
  return value
}

function amountIn(payload: Payload, name: string): bigint | undefined {
  const value = payload[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) throw new TypeError(`${name} is no amount`)
  return BigInt(value)
}
