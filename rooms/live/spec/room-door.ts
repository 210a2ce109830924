import { Protocol } from '@colyseus/core'
import { decode as schemaDecode } from '@colyseus/schema'
import type { SeatReservation } from '@colyseus/sdk'
import { pack, unpack } from 'msgpackr'
import type { WebSocket } from 'ws'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Asked, Reading, TestDoor } from './door.ts'
import { given } from './plain-door.ts'
import { firstRefusal, openSocketReading, type Heard } from './socket-reading.ts'

/** The Colyseus room `feed`, read by the bytes: the SDK would answer pings and read on whatever a test wants. */
export const roomDoor: TestDoor = {
  name: 'the room',
  users: true,
  doubled: 'request/invalid',
  silenced: '1006',
  refuses: { large: 'request/too-large', huge: '1009' },
  async read(node, asked = {}) {
    const opened = await enter(node, asked)
    if ('code' in opened) return gone(opened.code)
    const { reading, socket } = opened
    return {
      ...reading,
      leave: () => socket.send(Uint8Array.of(Protocol.LEAVE_ROOM)),
      again: (again) => socket.send(messageOf('subscribe', given({ ...again }))),
    }
  },
  async shout(node, bytes) {
    const opened = await enter(node, {})
    if ('code' in opened) return opened.code
    opened.socket.send(messageOf('token', { token: 'x'.repeat(bytes) }))
    const refused = await firstRefusal(opened.reading)
    opened.reading.cut()
    return refused
  },
}

/** A reading of somebody who was not let in. */
export function gone(code: string): Reading {
  const nothing = () => {}
  return { frames: [], codes: [code], ended: Promise.resolve(), leave: nothing, cut: nothing, pause: nothing }
}

async function enter(node: TestRooms, { token, isMute = false, since, filter }: Asked) {
  const response = await node.seat('feed', 'main', token, given({ since, filter }))
  if (!response.ok) return { code: ((await response.json()) as { code: string }).code }
  const { processId, roomId, sessionId } = (await response.json()) as SeatReservation
  const path = `/${processId}/${roomId}?sessionId=${sessionId}`
  return openSocketReading({ node, path, isMute, decode })
}

function decode(bytes: Buffer, _isBinary: boolean, socket: WebSocket): Heard | undefined {
  const [code] = bytes
  if (code === Protocol.JOIN_ROOM) socket.send(Uint8Array.of(Protocol.JOIN_ROOM))
  if (code !== Protocol.ROOM_DATA && code !== Protocol.ROOM_DATA_BYTES) return undefined
  const at = { offset: 1 }
  const type = schemaDecode.string(bytes, at)
  return { type, message: unpack(bytes.subarray(at.offset)) as unknown }
}

function messageOf(type: string, message: object): Buffer {
  return Buffer.concat([Uint8Array.of(Protocol.ROOM_DATA), pack(type), pack(message)])
}
