import type { Expected } from './bridge-verdict.ts'

/** An event as Postgres has it. */
export type Row = Readonly<{
  seq: bigint
  type: string
  audience: string
  tenant: string
  actor: string | null
  user: string | null
  payload: Readonly<Record<string, unknown>>
}>

export type Partner = Readonly<{ name: string; tenant: string }>

type Rule = Readonly<{
  house: 'transaction-events' | 'admin-operations'
  /** Whether it changes an inventory. */
  inventory?: true
  /** The topics that our gateway parts among partners. */
  shared?: readonly string[]
  /** Which of the partner's own two topics. */
  own?: 'events' | 'notifications'
}>

const [transactions, openings, inventories] = [
  'partner-transactions',
  'partner-box-openings',
  'partner-inventory-updates',
]
const money = { house: 'transaction-events', shared: [transactions], own: 'events' } as const
const prizes = { ...money, inventory: true, shared: [transactions, openings, inventories] } as const

/** Where an event belongs, written down a second time: no code of the bridge is asked what the bridge should have done. */
const rules: Readonly<Record<string, Rule>> = {
  'faucet.granted': money,
  'battle.created': money,
  'battle.joined': money,
  'item.sold': { ...money, inventory: true, shared: [transactions, inventories] },
  'opening.opened': prizes,
  'battle.settled': prizes,
  'battle.started': { house: 'transaction-events', own: 'notifications' },
  'battle.drawn': { house: 'transaction-events' },
  'money.moved': { house: 'transaction-events' },
  'box.published': { house: 'admin-operations', own: 'notifications' },
  'user.registered': { house: 'admin-operations' },
  'limit.set': { house: 'admin-operations' },
  'actor.activated': { house: 'admin-operations' },
}

/** Every event under its key in every topic it belongs to. Throws an Error for a type that stands in no rule. */
export function expectedOf(rows: readonly Row[], partners: readonly Partner[]): Expected {
  const expected = new Map<string, Map<bigint, string>>()
  for (const row of rows) {
    for (const [topic, key] of placesOf(row, partners)) {
      const keys = expected.get(topic) ?? new Map<bigint, string>()
      expected.set(topic, keys.set(row.seq, key))
    }
  }
  return expected
}

function placesOf(row: Row, partners: readonly Partner[]): readonly (readonly [topic: string, key: string])[] {
  if (row.payload['price'] === 'unreadable') return [['dead-letters', row.tenant]]
  const rule = rules[row.type]
  if (!rule) throw new Error(`where does ${row.type} belong?`)
  const user = row.user ?? textIn(row, 'user') ?? textIn(row, 'creator')
  const key = (row.type.startsWith('battle.') ? row.actor : user) ?? row.actor ?? row.tenant
  const told = row.audience === 'internal' ? [] : partners.filter(({ tenant }) => tenant === row.tenant)
  return [
    [rule.house, key],
    ...(rule.inventory ? [['inventory-updates', user ?? key] as const] : []),
    ...told.slice(0, 1).flatMap(({ name }) => (rule.shared ?? []).map((topic) => [topic, name] as const)),
    ...told.flatMap(({ name }) => (rule.own ? [[`partner-${name}-${rule.own}`, name] as const] : [])),
  ]
}

function textIn({ payload }: Row, name: string): string | undefined {
  const value = payload[name]
  return typeof value === 'string' ? value : undefined
}
