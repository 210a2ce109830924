import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { NewPartnerKey } from '../../access/partner.ts'

/** Somebody who is signed in; or, by the partner's own id of them, whoever the partner of the key opens boxes for. */
export type LoadUser = Readonly<{ id: string; token: string; key?: NewPartnerKey }>

/** What is asked, and how often: at equal distances, whether or not the answers keep up. `users`: others than those of the run. */
export type Stream = Readonly<{ name: StreamName; per_s: number; users?: readonly LoadUser[] }>
export type StreamName = 'open-box' | 'validate' | 'inventory' | 'deposit' | 'partner-open-box' | 'market'

/** A run of streams at the same time against one server. */
export type Asked = Readonly<{ port: number; users: readonly LoadUser[]; streams: readonly Stream[]; seconds: number }>

/** Of one stream; times from the moment at which the request was due. */
export type Measured = Readonly<{
  name: StreamName
  sent: number
  errors: number
  p50_ms: number
  p95_ms: number
  p99_ms: number
  max_ms: number
}>

/** Loads a server from a process of its own. */
export class Driver {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(join(import.meta.dirname, 'http-driver-worker.ts'), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
  }

  async run(asked: Asked): Promise<readonly Measured[]> {
    this.#child.send(asked)
    const [measured] = (await once(this.#child, 'message')) as [readonly Measured[]]
    return measured
  }

  stop(): void {
    this.#child.kill()
  }
}
