import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Asked, Reading, TestDoor } from './door.ts'
import { LIMITS, positionAt, publish, shortToken, toldUpTo, until, welcomed } from './world.ts'

/** What is asked wrongly, or too often, or by nobody any more. */
export function refusalsSpec(door: TestDoor, node: () => TestRooms): void {
  const refused = async (asked: Asked): Promise<string> => {
    const reading = await door.read(node(), asked)
    await until(() => expect(reading.codes).not.toEqual([]))
    expect(reading.frames).toEqual([])
    reading.cut()
    return reading.codes[0]!
  }

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

  test('what is one’s own is told with a token only, and that must be good', async () => {
    expect(await refused({ filter: { mine: true } })).toBe('auth/token-missing')
    expect(await refused({ token: 'forged' })).toBe('auth/token-invalid')
    const mine = await door.read(node(), { filter: { mine: true }, token: (await node().guest()).token })
    await welcomed(mine)
  })

  test('a token that expires in mid-stream ends it within five seconds', async () => {
    const reading = await door.read(node(), { token: await shortToken(node(), 1_000) })
    await welcomed(reading)
    const began_ms = performance.now()
    await reading.ended
    expect(reading.codes).toEqual(['auth/token-expired'])
    expect(performance.now() - began_ms).toBeLessThan(5_000 + 2_000)
  })

  test('a token that is revoked in mid-stream ends it within five seconds, and is not let in again', async () => {
    const { token } = await node().guest()
    const reading = await door.read(node(), { token })
    await welcomed(reading)
    const began_ms = performance.now()
    await node().access.logout(await node().access.authenticate(token))
    await reading.ended
    expect(reading.codes).toEqual(['auth/revoked'])
    expect(performance.now() - began_ms).toBeLessThan(5_000)
    expect(await refused({ token })).toBe('auth/revoked')
  })
}
