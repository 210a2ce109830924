import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Asked, Reading, TestDoor } from './door.ts'
import { LIMITS, positionAt, publish, toldUpTo, until, welcomed } from './world.ts'

/** What is asked wrongly, or too often, or by nobody any more. */
export function refusalsSpec(door: TestDoor, node: () => TestRooms): void {
  const refused = refuser(door, node)

  test('no position is one that is negative, is none, or that nobody has reached', async () => {
    for (const since of ['-1', `${node().tail.lineage}:-5`, 'yesterday', '7', `${node().tail.lineage}:1e3`, ':'])
      expect(await refused({ since })).toBe('feed/position')
    expect(await refused({ since: positionAt(node(), node().tail.seq + 1_000_000n) })).toBe('feed/position')
  })

  test('no filter is one with unknown fields, or with wrong ones', async () => {
    expect(await refused({ filter: { colour: 'red' } })).toBe('feed/filter')
    expect(await refused({ filter: { minValue: '-1' } })).toBe('feed/filter')
    expect(await refused({ filter: { rarity: 'unheard of' } })).toBe('feed/filter')
    expect(await refused({ filter: { types: Array.from({ length: 21 }, () => 'x') } })).toBe('feed/filter')
    const tenThousand = await refused({ filter: { types: Array.from({ length: 10_000 }, (_, i) => `type.${i}`) } })
    expect(['feed/filter', 'request/too-large', door.refuses.huge]).toContain(tenThousand)
  })

  test('ten thousand different filters are not served, and those that are go on', async () => {
    const first = await door.read(node())
    await welcomed(first)
    const readings: Reading[] = []
    let last: Reading | undefined
    for (let value = 1; value <= 10_000 && !last?.codes.length; value++) {
      last = await door.read(node(), { filter: { minValue: String(value) } })
      await until(() => expect(last!.frames.length + last!.codes.length).toBeGreaterThan(0))
      readings.push(last)
    }
    expect(last!.codes[0]).toBe('feed/too-many-filters')
    expect(readings.length).toBeLessThanOrEqual(LIMITS.feed.filters_max)
    await toldUpTo(first, (await publish(node())) - 1n)
  })

  test('more than four kibibytes is refused, and a megabyte too', async () => {
    expect(await door.shout(node(), 6_000)).toBe(door.refuses.large)
    expect(await door.shout(node(), 1_000_000)).toBe(door.refuses.huge)
  })
}

/** The code with which something that is asked is refused. */
export function refuser(door: TestDoor, node: () => TestRooms): (asked: Asked) => Promise<string> {
  return async (asked) => {
    const reading = await door.read(node(), asked)
    await until(() => expect(reading.codes).not.toEqual([]))
    expect(reading.frames).toEqual([])
    reading.cut()
    return reading.codes[0]!
  }
}
