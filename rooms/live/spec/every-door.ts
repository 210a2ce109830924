import type { TestDoor } from './door.ts'
import { eventDoor } from './event-door.ts'
import { partnerDoor } from './partner-door.ts'
import { plainDoor } from './plain-door.ts'
import { queryDoor } from './query-door.ts'
import { roomDoor } from './room-door.ts'

/** All doors of the feed. */
export const everyDoor: readonly TestDoor[] = [
  roomDoor,
  plainDoor('rollingdrop.json'),
  plainDoor('rollingdrop.msgpack'),
  queryDoor,
  eventDoor,
  partnerDoor('rollingdrop.json'),
  partnerDoor('rollingdrop.msgpack'),
]
