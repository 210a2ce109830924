import { afterEach, describe, expect } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Reading, TestDoor } from './door.ts'
import { recoverySpec } from './recovery.ts'
import { refusalsSpec } from './refusals.ts'
import { slowReadersSpec } from './slow-readers.ts'
import { subscriptionSpec } from './subscription.ts'
import { tokensSpec } from './tokens.ts'
import { until } from './world.ts'

/** What every door of the feed must satisfy. After each test all who read have gone, and the node knows it. */
export function feedDoorSpec(door: TestDoor, node: () => TestRooms): void {
  describe(door.name, () => {
    const readings: Reading[] = []
    const watched: TestDoor = {
      ...door,
      async read(at, asked) {
        const reading = await door.read(at, asked)
        readings.push(reading)
        return reading
      },
    }
    afterEach(async () => {
      for (const reading of readings.splice(0)) reading.cut()
      await until(() => expect(node().rooms.counts()).toMatchObject({ feed: 0, plain: 0 }))
    })
    recoverySpec(watched, node)
    subscriptionSpec(watched, node)
    slowReadersSpec(watched, node)
    refusalsSpec(watched, node)
    if (door.users) tokensSpec(watched, node)
  })
}
