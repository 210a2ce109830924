// Spectators in a process of their own. A few read every frame and hold it against the one before it, the others only count bytes.
import { unpack } from 'msgpackr'
import type { FeedFrame } from '../schema/feed.ts'
import { answerAs } from './bench/feed-control.ts'
import { FeedSocket } from './bench/feed-socket.ts'
import { Latency } from './latency.ts'

const SAMPLED = 5

let sockets: FeedSocket[] = []
let lag = new Latency()
let total = { events: 0, frames: 0, gaps: 0, conflated: 0 }
const reached: string[] = []

function hear(nth: number, payload: Buffer): void {
  const told = unpack(payload) as Readonly<{ type: string }> & FeedFrame
  if (told.type !== 'welcome' && told.type !== 'frame') return
  if (reached[nth] !== undefined && reached[nth] !== told.from) total.gaps++
  reached[nth] = told.to
  if (told.type === 'welcome') return
  const now_ms = performance.timeOrigin + performance.now()
  for (const { at_ms } of told.events) lag.add(now_ms - at_ms)
  total.frames++
  total.events += told.events.length
  total.conflated += told.conflated ?? 0
}

const answers = {
  /** Opens so many more. */
  open: ({ port, count }: { port: number; count: number }) => {
    for (let i = 0; i < count; i++) {
      const nth = sockets.length
      const read = (payload: Buffer) => hear(nth, payload)
      const socket = new FeedSocket(port, '/ws/live-feed?since=', read, { protocol: 'rollingdrop.msgpack' })
      if (nth >= SAMPLED) socket.count()
      sockets.push(socket)
    }
  },
  open_count: () => sockets.filter(({ isOpen }) => isOpen).length,
  close: () => {
    for (const socket of sockets) socket.close()
    sockets = []
  },
  /** What came since the last time this was asked, and of what a socket that reads was told. */
  look: () => {
    const bytes = sockets.reduce((sum, socket) => sum + socket.bytes, 0)
    for (const socket of sockets) socket.bytes = 0
    const seen = { ...total, bytes, open: sockets.filter(({ isOpen }) => isOpen).length }
    const late = { p50_ms: lag.percentile(0.5), p99_ms: lag.percentile(0.99) }
    lag = new Latency()
    total = { events: 0, frames: 0, gaps: 0, conflated: 0 }
    return { ...seen, ...late, readers: Math.min(SAMPLED, sockets.length) }
  },
}
export type AudienceAnswers = typeof answers
answerAs(answers)
