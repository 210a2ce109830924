import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { TestDoor } from './door.ts'
import { committedAfter, LIMITS, positionAt, publish, told, toldUpTo, until, welcomed } from './world.ts'

/** What is told, and what was missed: whole or not at all. */
export function recoverySpec(door: TestDoor, node: () => TestRooms): void {
  test('all that is committed is told once, in order, without a jump, and nothing that is internal', async () => {
    const reading = await door.read(node())
    await welcomed(reading)
    const since = BigInt(reading.frames[0]!.to)
    let last = since
    for (let i = 0; i < 20; i++) last = await publish(node(), 1 + (i % 3))
    await toldUpTo(reading, last - 1n)
    expect(told({ ...reading, frames: reading.frames.slice(1) })).toEqual(await committedAfter(node(), since))
    expect(JSON.stringify(reading.frames)).not.toContain('internal')
  })

  test('a filter lets through what it says and nothing else', async () => {
    const since = node().tail.seq
    const readings = await Promise.all(
      [{ types: ['box.published'] }, { types: ['battle.settled'] }].map((filter) =>
        door.read(node(), { since: positionAt(node()), filter }),
      ),
    )
    const last = await publish(node(), 3)
    await toldUpTo(readings[0]!, last - 1n)
    expect(told(readings[0]!)).toEqual(await committedAfter(node(), since))
    expect(told(readings[1]!)).toEqual([])
  })

  test('another tenant’s events are told to that tenant’s users only', async () => {
    const since = node().tail.seq
    const { token } = await node().access.guest('other')
    const [ours, theirs] = [await door.read(node()), await door.read(node(), { token })]
    await Promise.all([welcomed(ours), welcomed(theirs)])
    await publish(node(), 2, { tenant: 'other' })
    const last = await publish(node(), 2)
    await toldUpTo(ours, last - 1n)
    const after = () => told(theirs).filter((seq) => BigInt(seq) > since)
    await until(async () => expect(after()).toEqual(await committedAfter(node(), since, 'other')))
    expect(JSON.stringify(ours.frames)).not.toContain('"tenant":"other"')
  })

  test('what was published while nobody listened is there on coming back', async () => {
    const before = await door.read(node())
    await welcomed(before)
    await toldUpTo(before, (await publish(node())) - 1n)
    before.cut()
    const last = await publish(node(), 30)
    const to = BigInt(before.frames.at(-1)!.to)
    const after = await door.read(node(), { since: positionAt(node(), to) })
    await toldUpTo(after, last - 1n)
    expect(after.frames[0]).toMatchObject({ recovered: true, from: to.toString() })
    expect(told(after)).toEqual(await committedAfter(node(), to))
  })

  test('at the limit’s edge all is recovered, past it nothing but the latest', async () => {
    for (let i = 0; i < 22; i++) await publish(node(), 10)
    const edge = node().tail.seq - BigInt(LIMITS.feed.recovery_max)
    const [within, past] = await Promise.all([
      door.read(node(), { since: positionAt(node(), edge) }),
      door.read(node(), { since: positionAt(node(), edge - 1n) }),
    ])
    await Promise.all([welcomed(within), welcomed(past)])
    expect(within.frames[0]!.recovered).toBe(true)
    expect(told(within)).toEqual(await committedAfter(node(), edge))
    expect(past.frames[0]!.recovered).toBe(false)
    expect(past.frames[0]!.to).toBe(node().tail.seq.toString())
    expect(told(past)).toEqual((await committedAfter(node(), edge - 1n)).slice(-50))
  })
}
