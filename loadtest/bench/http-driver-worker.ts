// Sends requests when they are due, in a process of its own, and tells how long after that each was answered.
import { randomUUID } from 'node:crypto'
import { signRequest } from '../../access/partners/signature.ts'
import { Latency } from '../latency.ts'
import type { Asked, LoadUser, Measured, Stream, StreamName } from './http-load.ts'
import { HttpSockets } from './http-socket.ts'

const CONNECTIONS_MAX = 256
/** A server so far behind is not measured any longer. */
const BEHIND_MAX = 5_000
const DRAIN_MS = 10_000
const OPENING = { box: 'pocket-change', count: 1 }
const BODY = JSON.stringify(OPENING)
const PAYMENT = JSON.stringify({ asset: 'USD', amount: '5000' })
const PARTNER_PATH = '/partner/v1/open-box'

const head = (method: string, path: string, { token }: LoadUser): string =>
  `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n`

/** The rest of a command, under a key of its own. */
const keyed = (body: string): string =>
  `content-type: application/json\r\nidempotency-key: ${randomUUID()}\r\ncontent-length: ${body.length}\r\n\r\n${body}`

function partnerOpening({ id, key }: LoadUser): string {
  const body = JSON.stringify({ user: id, ...OPENING })
  const signed = Object.entries(signRequest(key!, { method: 'POST', path: PARTNER_PATH, body }))
  const headers = signed.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return `POST ${PARTNER_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}${keyed(body)}`
}

const requests: Readonly<Record<StreamName, (user: LoadUser) => string>> = {
  'open-box': (user) => `${head('POST', '/transactions/open-box', user)}${keyed(BODY)}`,
  validate: (user) => `${head('GET', '/auth/validate', user)}\r\n`,
  inventory: (user) => `${head('GET', `/inventory/user/${user.id}`, user)}\r\n`,
  deposit: (user) => `${head('POST', '/transactions/deposit', user)}${keyed(PAYMENT)}`,
  'partner-open-box': partnerOpening,
  market: (user) => `${head('GET', '/market/listings', user)}\r\n`,
}

process.on('message', (message) => void run(message as Asked))
process.on('disconnect', () => process.exit(0))

async function run({ port, users, streams, seconds }: Asked): Promise<void> {
  const sockets = new HttpSockets(port, CONNECTIONS_MAX)
  const from_ms = performance.now() + 20
  const flows = streams.map((stream) => flow(stream, stream.users ?? users, sockets, from_ms, seconds))
  await new Promise<void>((settle) => {
    const tick = () => {
      const now_ms = performance.now()
      for (const each of flows) each.sendDue(now_ms)
      const isOver = sockets.open > BEHIND_MAX || flows.every(({ isDone }) => isDone())
      if (isOver) settle()
      else setTimeout(tick, 1)
    }
    tick()
  })
  const until_ms = performance.now() + DRAIN_MS
  while (sockets.open > 0 && performance.now() < until_ms) await new Promise((settle) => setTimeout(settle, 5))
  sockets.close()
  process.send!(flows.map((each) => each.measured()))
}

function flow({ name, per_s }: Stream, users: readonly LoadUser[], sockets: HttpSockets, from_ms: number, s: number) {
  const latency = new Latency()
  const total = Math.round(per_s * s)
  let sent = 0
  let errors = 0
  let slowest_ms = 0
  // Streams walk through the users each from another place.
  const offset = name.length * 37
  return {
    isDone: () => sent === total,
    sendDue(now_ms: number): void {
      for (; sent < total; sent++) {
        const due_ms = from_ms + (sent * 1000) / per_s
        if (due_ms > now_ms) return
        sockets.send(requests[name](users[(sent + offset) % users.length]!), (status) => {
          if (status !== 200) errors++
          const took_ms = performance.now() - due_ms
          latency.add(took_ms)
          slowest_ms = Math.max(slowest_ms, took_ms)
        })
      }
    },
    measured(): Measured {
      const at = (share: number): number => latency.percentile(share) ?? 0
      // What was never sent, or never answered, is an error too.
      const lost = total - latency.count
      return {
        name,
        sent: total,
        errors: errors + lost,
        p50_ms: at(0.5),
        p95_ms: at(0.95),
        p99_ms: at(0.99),
        max_ms: Math.round(slowest_ms),
      }
    },
  }
}
