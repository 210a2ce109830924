import { describe, expect, test } from 'vitest'
import type { FeedEvent, FeedFilter } from '../../schema/feed.ts'
import type { PartnerTopic } from '../../schema/topic.ts'
import { Reader } from './feed-reader.ts'
import { feedVerdict, type StoredEvent } from './feed-verdict.ts'

const lineage = '0123456789abcdef'
const there: readonly StoredEvent[] = [
  { seq: 11n, type: 'battle.created', isPublic: true, boxes: ['ember'], values: [] },
  { seq: 12n, type: 'battle.joined', isPublic: true, boxes: [], values: [] },
  { seq: 14n, type: 'battle.settled', isPublic: true, boxes: ['ember'], values: [{ box: 'ember', value: '500' }] },
  { seq: 15n, type: 'item.sold', isPublic: false, boxes: [], values: [] },
]
const told = (seq: bigint): FeedEvent => ({ seq: `${seq}`, type: 't', actor: null, at_ms: 0, payload: {} })

function readerOf(seqs: readonly bigint[], filter: FeedFilter = {}, conflated?: number, topic?: PartnerTopic): Reader {
  const reader = new Reader('json', filter, topic)
  reader.welcome({ lineage, from: '10', to: '10', recovered: false, events: [told(9n)] })
  const frame = { lineage, from: '10', to: '15', events: seqs.map(told) }
  reader.frame(conflated === undefined ? frame : { ...frame, conflated })
  return reader
}
const judge = (reader: Reader) => feedVerdict(there, [reader], 15n, () => {})

describe('the verdict on a reader of the feed', () => {
  test('is clean for one who was told all of theirs, in order', () => {
    expect(judge(readerOf([11n, 12n, 14n]))).toMatchObject({ delivered: 3, lost: 0, double: 0, foreign: 0 })
    expect(judge(readerOf([11n, 14n], { box: 'ember' }))).toMatchObject({ lost: 0, foreign: 0 })
    expect(judge(readerOf([14n], { minValue: '500' }))).toMatchObject({ lost: 0, foreign: 0 })
  })

  test('names what is lost, doubled, out of order or not theirs', () => {
    expect(judge(readerOf([11n, 14n]))).toMatchObject({ lost: 1 })
    expect(judge(readerOf([11n, 12n, 12n, 14n]))).toMatchObject({ lost: 0, double: 1 })
    expect(judge(readerOf([12n, 11n, 14n]))).toMatchObject({ double: 1 })
    expect(judge(readerOf([11n, 12n, 14n], { box: 'ember' }))).toMatchObject({ foreign: 1 })
    expect(judge(readerOf([], { minValue: '501' }))).toMatchObject({ lost: 0 })
  })

  test('lets go what was announced as left out, but never a settlement', () => {
    expect(judge(readerOf([14n], {}, 2))).toMatchObject({ lost: 0, conflated: 2 })
    expect(judge(readerOf([14n], {}, 1))).toMatchObject({ lost: 2 })
    expect(judge(readerOf([11n, 12n], {}, 1))).toMatchObject({ lost: 1 })
  })

  test('counts a welcome that did not bring what was missed, and a reader sees a gap', () => {
    const reader = readerOf([11n, 12n])
    expect(reader.frame({ lineage, from: '16', to: '17', events: [] })).toBe('gap')
    reader.welcome({ lineage, from: '20', to: '20', recovered: false, events: [] })
    expect(judge(reader)).toMatchObject({ unrecovered: 1, lost: 1 })
  })

  test('holds a partner’s reader to its topic, which holds what is no one else’s', () => {
    const of = (seqs: readonly bigint[], topic: PartnerTopic, conflated?: number) =>
      judge(readerOf(seqs, {}, conflated, topic))
    expect(of([11n, 12n, 14n, 15n], 'partner-transactions')).toMatchObject({ lost: 0, foreign: 0 })
    expect(of([14n, 15n], 'partner-inventory-updates')).toMatchObject({ lost: 0, foreign: 0 })
    expect(of([14n], 'partner-inventory-updates')).toMatchObject({ lost: 1 })
    expect(of([14n], 'partner-inventory-updates', 1)).toMatchObject({ lost: 0, conflated: 1 })
    expect(of([14n, 15n], 'partner-box-openings')).toMatchObject({ foreign: 1 })
    expect(of([], 'notifications')).toMatchObject({ lost: 0, foreign: 0 })
    expect(judge(readerOf([11n, 12n, 14n, 15n]))).toMatchObject({ foreign: 1 })
  })
})
