import { afterAll, beforeAll } from 'vitest'
import { openTestRooms, type TestRooms } from '../../../test/rooms.ts'
import { everyDoor } from './every-door.ts'
import { feedDoorSpec } from './spec.ts'
import { LIMITS } from './world.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms(LIMITS)))
afterAll(() => node.close())

for (const door of everyDoor) feedDoorSpec(door, () => node)
