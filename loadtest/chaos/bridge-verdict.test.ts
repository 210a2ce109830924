import { describe, expect, test } from 'vitest'
import { expectedOf, type Row } from './bridge-expected.ts'
import { bridgeVerdict, type Message } from './bridge-verdict.ts'

const partners = [
  { name: 'acme', tenant: 'acme' },
  { name: 'acme-two', tenant: 'acme' },
  { name: 'globex', tenant: 'globex' },
]
const row = (seq: bigint, type: string, more: Partial<Row> = {}): Row => {
  return { seq, type, audience: 'public', tenant: 'acme', actor: null, user: 'u1', payload: {}, ...more }
}
const rows = [
  row(1n, 'item.sold'),
  row(2n, 'box.published', { user: null }),
  row(3n, 'item.sold', { tenant: 'globex' }),
  row(4n, 'opening.opened', { audience: 'internal' }),
  row(5n, 'opening.opened', { payload: { price: 'unreadable' } }),
  row(6n, 'battle.settled', { tenant: 'main', user: null, actor: 'battle-1' }),
  row(7n, 'item.sold'),
]
const expected = expectedOf(rows, partners)
const EVENTS = 'partner-acme-events'

/** All topics as they should be, but what `change` makes of one of them. */
function read(topic = '', change: (messages: readonly Message[]) => readonly Message[] = (same) => same) {
  const whole = [...expected].map(([name, keys]) => {
    const seqs = [...keys.keys()]
    const messages = [...keys].map(([seq, key], i) => ({ partition: 0, key, seq, previous: seqs[i - 1] ?? 0n }))
    return [name, name === topic ? change(messages) : messages] as const
  })
  return new Map(whole)
}
const clean = { lost: 0, double: 0, disordered: 0, foreign: 0, gaps: 0 }

describe('the verdict on the topics of a bridge', () => {
  test('expects each event in the topics of its family, and in those of its own partners unless it is internal', () => {
    const topicsOf = (seq: bigint) =>
      [...expected].flatMap(([topic, keys]) => (keys.has(seq) ? [topic] : [])).toSorted()
    expect(topicsOf(1n)).toEqual([
      'inventory-updates',
      'partner-acme-events',
      'partner-acme-two-events',
      'partner-inventory-updates',
      'partner-transactions',
      'transaction-events',
    ])
    expect(topicsOf(2n)).toEqual(['admin-operations', 'partner-acme-notifications', 'partner-acme-two-notifications'])
    expect(topicsOf(4n)).toEqual(['inventory-updates', 'transaction-events'])
    expect(topicsOf(5n)).toEqual(['dead-letters'])
    expect(topicsOf(6n)).toEqual(['inventory-updates', 'transaction-events'])
    expect(expected.get('transaction-events')?.get(6n)).toBe('battle-1')
    expect(() => expectedOf([row(8n, 'battle.vanished')], partners)).toThrow('battle.vanished')
  })

  test('is clean where every event stands once, in order', () => {
    expect(bridgeVerdict(expected, read())).toEqual(clean)
  })

  test('sees a lost message, the last one and a whole topic too', () => {
    expect(
      bridgeVerdict(
        expected,
        read('transaction-events', (all) => all.toSpliced(1, 1)),
      ),
    ).toMatchObject({
      lost: 1,
      gaps: 1,
    })
    expect(
      bridgeVerdict(
        expected,
        read('transaction-events', (all) => all.slice(0, -1)),
      ),
    ).toEqual({ ...clean, lost: 1 })
    expect(
      bridgeVerdict(
        expected,
        read(EVENTS, () => []),
      ),
    ).toEqual({ ...clean, lost: 2 })
    const without = read()
    without.delete('dead-letters')
    expect(bridgeVerdict(expected, without)).toEqual({ ...clean, lost: 1 })
  })

  test('sees a message that is there twice', () => {
    expect(
      bridgeVerdict(
        expected,
        read(EVENTS, (all) => [...all, all.at(-1)!]),
      ),
    ).toEqual({ ...clean, double: 1 })
  })

  test('sees two messages of one key in the wrong order, and a key in two partitions', () => {
    expect(
      bridgeVerdict(
        expected,
        read(EVENTS, (all) => all.toReversed()),
      ),
    ).toEqual({ ...clean, disordered: 1 })
    const moved = read(EVENTS, ([first, ...rest]) => [first!, ...rest.map((each) => ({ ...each, partition: 1 }))])
    expect(bridgeVerdict(expected, moved)).toEqual({ ...clean, disordered: 1 })
  })

  test('sees what is of another partner, of nobody, or under another key', () => {
    const foreign = { partition: 0, key: 'acme', seq: 3n, previous: 1n }
    const leaked = read(EVENTS, ([first, last]) => [first!, foreign, { ...last!, previous: 3n }])
    expect(bridgeVerdict(expected, leaked)).toEqual({ ...clean, foreign: 1 })
    const unknown = read().set('partner-acme-secrets', [{ ...foreign, previous: 0n }])
    expect(bridgeVerdict(expected, unknown)).toEqual({ ...clean, foreign: 1 })
    const under = read('partner-transactions', ([first, ...rest]) => [{ ...first!, key: 'globex' }, ...rest])
    expect(bridgeVerdict(expected, under)).toEqual({ ...clean, foreign: 1 })
  })
})
