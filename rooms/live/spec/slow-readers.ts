import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { TestDoor } from './door.ts'
import { committedAfter, LIMITS, publish, told, toldUpTo, until, welcomed } from './world.ts'

/** Twenty messages of this length are more than all buffers between two ends of a machine hold. */
const LONG = 'x'.repeat(500_000)

/** Those who are connected and do not read. */
export function slowReadersSpec(door: TestDoor, node: () => TestRooms): void {
  if (door.silenced !== undefined) silenceSpec(door, node)

  test(
    'who never reads is cut off; until then no more waits for them than the limit and two frames, and nobody else is disturbed',
    { timeout: 60_000 },
    async () => {
      const sockets = new Set<Socket>()
      const note = (socket: Socket) => void sockets.add(socket)
      node().server.on('connection', note)
      // A tenant of its own, so that nobody else is shown what is so long.
      const tenant = `long-${randomUUID().slice(0, 8)}`
      const { token } = await node().access.guest(tenant)
      const [paused, reading] = [await door.read(node(), { token }), await door.read(node(), { token })]
      node().server.off('connection', note)
      await Promise.all([welcomed(paused), welcomed(reading)])
      paused.pause()
      const since = node().tail.seq
      let [last, most_bytes] = [since, 0]
      for (let i = 0; i < 30; i++) {
        last = await publish(node(), 1, { text: LONG, tenant })
        await toldUpTo(reading, last - 1n)
        for (const { writableLength } of sockets) most_bytes = Math.max(most_bytes, writableLength)
      }
      expect(told({ ...reading, frames: reading.frames.slice(1) })).toEqual(await committedAfter(node(), since, tenant))
      expect(most_bytes).toBeLessThan(LIMITS.feed.skip_bytes + 2 * LONG.length)
      await until(() => expect(node().rooms.counts().feed).toBe(1))
    },
  )
}

function silenceSpec(door: TestDoor, node: () => TestRooms): void {
  test('who answers no pings is cut off', { timeout: 20_000 }, async () => {
    const reading = await door.read(node(), { isMute: true })
    await welcomed(reading)
    await reading.ended
    expect(reading.codes).toEqual([door.silenced])
    await until(() => expect(node().rooms.counts().feed).toBe(0))
  })
}
