// Many sockets in a process of their own. A few read what they are told and how late it is, the others only count bytes.
import { unpack, unpackMultiple } from 'msgpackr'
import type { FeedEvent, FeedFrame } from '../../schema/feed.ts'
import { Latency } from '../latency.ts'
import { answerAs } from './feed-control.ts'
import type { FeedServerKind } from './feed-servers.ts'
import { FeedSocket } from './feed-socket.ts'

const SAMPLED = 3
/** Of Colyseus: you have joined, and the answer that one knows. */
const JOIN_ROOM = 10
const JOINED = Buffer.from([JOIN_ROOM])

let sockets: FeedSocket[] = []
let latency = new Latency()
let read = { events: 0, gaps: 0 }
let last: bigint[] = []

function open(kind: FeedServerKind, port: number, path: string): void {
  const nth = sockets.length
  const socket = new FeedSocket(port, path, (payload) => hear(kind, socket, nth, payload))
  if (kind === 'raw' && nth >= SAMPLED) socket.count()
  sockets.push(socket)
}

function hear(kind: FeedServerKind, socket: FeedSocket, nth: number, payload: Buffer): void {
  if (kind === 'raw') return note(nth, [unpack(payload) as FeedEvent])
  if (payload[0] === JOIN_ROOM) {
    socket.send(JOINED)
    if (nth >= SAMPLED) socket.count()
    return
  }
  const [type, told] = unpackMultiple(payload.subarray(1)) as [string, FeedEvent & FeedFrame]
  if (type === 'event') note(nth, [told])
  if (type === 'frame') note(nth, told.events)
}

function note(nth: number, events: readonly FeedEvent[]): void {
  const now_ms = performance.timeOrigin + performance.now()
  read.events += events.length
  for (const { at_ms, seq } of events) {
    latency.add(now_ms - at_ms)
    const before = last[nth]
    if (before !== undefined && BigInt(seq) !== before + 1n) read.gaps += 1
    last[nth] = BigInt(seq)
  }
}

const answers = {
  open: ({ kind, port, paths }: { kind: FeedServerKind; port: number; paths: readonly string[] }) => {
    for (const path of paths) open(kind, port, path)
  },
  close: () => {
    for (const socket of sockets) socket.close()
    sockets = []
  },
  isOpen: () => sockets.every(({ isOpen }) => isOpen),
  /** Begins to measure anew. */
  begin: () => {
    for (const socket of sockets) socket.bytes = 0
    latency = new Latency()
    read = { events: 0, gaps: 0 }
    last = []
  },
  /** What came since, over all sockets: the others by their bytes, those that read tell how many an event is. */
  measured: () => {
    const bytes = sockets.reduce((sum, socket) => sum + socket.bytes, 0)
    const sampled_bytes = sockets.slice(0, SAMPLED).reduce((sum, socket) => sum + socket.bytes, 0)
    const deliveries = sampled_bytes === 0 ? 0 : (bytes / sampled_bytes) * read.events
    const ended = sockets.filter(({ isOpen }) => !isOpen).length
    const { user, system } = process.cpuUsage()
    const [p50_ms, p99_ms] = [latency.percentile(0.5), latency.percentile(0.99)]
    return { deliveries, bytes, gaps: read.gaps, ended, p50_ms, p99_ms, cpu_s: (user + system) / 1e6 }
  },
}
export type FeedClientsAnswers = typeof answers
answerAs(answers)
