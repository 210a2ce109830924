import { once } from 'node:events'
import { expect } from 'vitest'
import { WebSocket } from 'ws'
import type { TestRooms } from '../../../test/rooms.ts'
import type { Reading, Told } from './door.ts'
import { until } from './world.ts'

/** A message as a door's encoding reads it. */
export type Heard = Readonly<{ type: string; message: unknown }>

type Options = Readonly<{
  node: TestRooms
  path: string
  protocol?: string
  headers?: Readonly<Record<string, string>>
  isMute?: boolean
  /** Undefined: nothing that is told to anyone. */
  decode(data: Buffer, isBinary: boolean, socket: WebSocket): Heard | undefined
}>

/** A WebSocket and what is told over it, and how it ends. */
export async function openSocketReading(
  options: Options,
): Promise<Readonly<{ reading: Omit<Reading, 'leave' | 'again'>; socket: WebSocket }>> {
  const { node, path, protocol, headers, isMute, decode } = options
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}${path}`, protocol === undefined ? [] : [protocol], {
    headers: { ...headers },
    autoPong: isMute !== true,
  })
  const frames: Told[] = []
  const codes: string[] = []
  socket.on('message', (data: Buffer, isBinary) => {
    const heard = decode(data, isBinary, socket)
    if (heard?.type === 'welcome' || heard?.type === 'frame') frames.push(heard.message as Told)
    if (heard?.type === 'error') codes.push((heard.message as { code: string }).code)
  })
  socket.on('error', () => {}) // Followed by its close.
  const ended = new Promise<void>((resolve) =>
    socket.on('close', (code, reason) => {
      const why = reason.toString() || String(code)
      if (codes.at(-1) !== why) codes.push(why)
      resolve()
    }),
  )
  await Promise.race([once(socket, 'open'), ended])
  return { reading: { frames, codes, ended, cut: () => socket.terminate(), pause: () => socket.pause() }, socket }
}

/** What refuses something that is said. */
export async function firstRefusal({ codes, ended }: Pick<Reading, 'codes' | 'ended'>): Promise<string> {
  await Promise.race([ended, until(() => expect(codes).not.toEqual([]))])
  return codes[0]!
}
