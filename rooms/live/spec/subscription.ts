import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { TestDoor } from './door.ts'
import { committedAfter, positionAt, publish, told, toldUpTo, until, welcomed } from './world.ts'

/** Beginning, beginning twice, and ending. */
export function subscriptionSpec(door: TestDoor, node: () => TestRooms): void {
  if (door.doubled !== undefined) doublingSpec(door, node)

  test('two who want the same are both told all of it', async () => {
    const since = node().tail.seq
    const readings = await Promise.all([1, 2].map(() => door.read(node(), { since: positionAt(node()) })))
    const last = await publish(node(), 3)
    for (const reading of readings) {
      await toldUpTo(reading, last - 1n)
      expect(told(reading)).toEqual(await committedAfter(node(), since))
      reading.cut()
    }
  })

  test('who wants no more while recovering is told nothing, leaves nothing, and may begin anew', async () => {
    await until(() => expect(node().rooms.counts().feed).toBe(0))
    const ahead = node().tail.seq + 2n
    const reading = await door.read(node(), { since: positionAt(node(), ahead) })
    reading.leave()
    const other = await door.read(node())
    await welcomed(other)
    await toldUpTo(other, (await publish(node(), 5)) - 1n)
    expect(reading.frames).toEqual([])
    expect(node().rooms.counts().feed).toBe(1)
    other.cut()
    if (door.doubled === 'feed/already-subscribed') {
      reading.again!({ since: positionAt(node(), ahead) })
      await welcomed(reading)
      expect(told(reading)).toEqual(await committedAfter(node(), ahead))
    }
  })

  test('who goes without a word is noticed', async () => {
    const reading = await door.read(node())
    await welcomed(reading)
    reading.cut()
    await until(() => expect(node().rooms.counts().feed).toBe(0))
  })

  test('somebody a moment ahead of this node is waited for', async () => {
    const head = node().tail.seq
    const joining = door.read(node(), { since: positionAt(node(), head + 2n) })
    const last = await publish(node(), 5)
    const reading = await joining
    await toldUpTo(reading, last - 1n)
    expect(reading.frames[0]!.recovered).toBe(true)
    expect(told(reading)).toEqual(await committedAfter(node(), head + 2n))
  })
}

function doublingSpec(door: TestDoor, node: () => TestRooms): void {
  test('a second subscription is refused, and the first goes on', async () => {
    const since = node().tail.seq
    const reading = await door.read(node(), { since: positionAt(node()) })
    await welcomed(reading)
    reading.again!({})
    await until(() => expect(reading.codes).toEqual([door.doubled]))
    const last = await publish(node(), 3)
    await toldUpTo(reading, last - 1n)
    expect(told(reading)).toEqual(await committedAfter(node(), since))
    expect(reading.frames.filter(({ recovered }) => recovered !== undefined)).toHaveLength(1)
  })
}
