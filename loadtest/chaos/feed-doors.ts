import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { unpack } from 'msgpackr'
import { WebSocket } from 'ws'
import type { NewPartnerKey } from '../../access/partner.ts'
import { signRequest } from '../../access/partners/signature.ts'
import { connect } from '../../client-sdk/connect.ts'
import { memoryTokens } from '../../client-sdk/tokens.ts'
import type { FeedFilter, FeedFrame, FeedWelcome } from '../../schema/feed.ts'
import type { Reader, Taken } from './feed-reader.ts'

/** A reader at a door: it comes back by itself, however it was cut. */
export type Follower = Readonly<{
  reader: Reader
  /** Cuts its connection, as a network does. */
  cut(): void
  /** Stops reading for a while. */
  pause(): void
  resume(): void
  close(): Promise<void>
}>

/** One connection of a follower. */
type Line = Readonly<{ ended: Promise<void>; cut(): void; pause(): void; resume(): void }>
type Told = Readonly<{ type: string }> & (FeedWelcome | FeedFrame)
type Dial = (url: string, reader: Reader, take: (told: Told) => void) => Line
/** How a socket is asked for. */
type Entry = Readonly<{ path: string; headers: Readonly<Record<string, string>> }>
type Enter = (reader: Reader) => Entry

const AGAIN_MS = { least: 50, more: 200 }

const encodings = {
  'rollingdrop.json': (data: Buffer) => JSON.parse(data.toString()) as Told,
  'rollingdrop.msgpack': (data: Buffer) => unpack(data) as Told,
} as const

/** Every door of the public feed, by its name. */
export const doors = {
  sdk: followBySdk,
  json: by(socketDial('rollingdrop.json', publicly)),
  msgpack: by(socketDial('rollingdrop.msgpack', publicly)),
  events: by(dialEvents),
} as const satisfies Record<string, (url: string, reader: Reader) => Follower>
export type DoorName = keyof typeof doors

/** The door of a partner, in both encodings; every socket is asked for by a signature of its own. */
export function partnerDoors(key: NewPartnerKey): Readonly<Record<string, (url: string, reader: Reader) => Follower>> {
  const enter: Enter = (reader) => {
    const path = `/partner/ws/live-feed?topic=${reader.topic}&${queryOf(reader)}`
    return { path, headers: signRequest(key, { method: 'GET', path }) }
  }
  return {
    'partner json': by(socketDial('rollingdrop.json', enter)),
    'partner msgpack': by(socketDial('rollingdrop.msgpack', enter)),
  }
}

function followBySdk(url: string, reader: Reader): Follower {
  const sdk = connect(url, { tokens: memoryTokens() })
  const link = sdk.feed.subscribe({ filter: reader.filter }, (update) => reader.update(update))
  const look = setInterval(() => reader.reached(link.position), 50)
  const close = async () => {
    clearInterval(look)
    await sdk.close()
  }
  // Its sockets are cut from outside, where all of them pass.
  return { reader, cut: () => {}, pause: () => {}, resume: () => {}, close }
}

/** Dials again whenever the line has ended or something was missing. */
function by(dial: Dial) {
  return (url: string, reader: Reader): Follower => {
    let line: Line | undefined
    const closed = new AbortController()
    const follow = async () => {
      while (!closed.signal.aborted) {
        const current: Line = (line = dial(url, reader, (told) => {
          if (taken(reader, told) === 'gap') current.cut()
        }))
        await current.ended
        if (!closed.signal.aborted) await delay(AGAIN_MS.least + Math.random() * AGAIN_MS.more)
      }
    }
    const done = follow()
    return {
      reader,
      cut: () => line?.cut(),
      pause: () => line?.pause(),
      resume: () => line?.resume(),
      async close() {
        closed.abort()
        line?.cut()
        await done
      },
    }
  }
}

function taken(reader: Reader, told: Told): Taken {
  if (told.type === 'welcome') return reader.welcome(told as FeedWelcome)
  return told.type === 'frame' ? reader.frame(told) : 'on'
}

function publicly(reader: Reader): Entry {
  return { path: `/ws/live-feed?${queryOf(reader)}`, headers: {} }
}

function socketDial(protocol: keyof typeof encodings, enter: Enter): Dial {
  const decode = encodings[protocol]
  return (url, reader, take) => {
    const { path, headers } = enter(reader)
    const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, [protocol], { headers: { ...headers } })
    let isCut = false
    socket.on('message', (data: Buffer) => isCut || take(decode(data)))
    socket.on('error', () => {}) // Followed by its close.
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    const cut = () => {
      isCut = true
      socket.terminate()
    }
    return { ended, cut, pause: () => socket.pause(), resume: () => socket.resume() }
  }
}

function dialEvents(url: string, reader: Reader, take: (told: Told) => void): Line {
  let response: http.IncomingMessage | undefined
  const request = http.get(`${url}/live-feed?${queryOf(reader)}`, { agent: false })
  const ended = new Promise<void>((resolve) => {
    request.on('error', () => resolve()) // Nobody is there, or it was cut.
    request.on('response', (answer) => {
      response = answer
      answer.on('close', resolve).on('error', () => {}) // Followed by its close.
      readEvents(answer, take)
    })
  })
  const cut = () => request.destroy()
  return { ended, cut, pause: () => response?.pause(), resume: () => response?.resume() }
}

function readEvents(answer: http.IncomingMessage, take: (told: Told) => void): void {
  let rest = ''
  answer.setEncoding('utf8').on('data', (text: string) => {
    const blocks = `${rest}${text}`.split('\n\n')
    rest = blocks.pop()!
    for (const block of blocks) {
      const [, type] = /^event: (\w+)$/m.exec(block) ?? []
      const [, data] = /^data: (.*)$/m.exec(block) ?? []
      if (!answer.destroyed && data !== undefined && type !== undefined)
        take(Object.assign(JSON.parse(data) as Told, { type }))
    }
  })
}

function queryOf({ position, filter }: Reader): string {
  const { types, box, minValue }: FeedFilter = filter
  const query = new URLSearchParams({ since: position ?? '' })
  if (types) query.set('types', types.join(','))
  if (box !== undefined) query.set('box', box)
  if (minValue !== undefined) query.set('minValue', minValue)
  return `${query}`
}
