import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../embedded/free-port.ts'

const READY_WITHIN_MS = 5_000

/** A Redis server of our own on 127.0.0.1, without files, that can be killed and started again at the same port. */
export class Redis {
  readonly port: number
  #server: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
  }

  /** Throws an Error that says what to install where there is no `redis-server`. */
  static async start(): Promise<Redis> {
    if (spawnSync('redis-server', ['--version']).status !== 0)
      throw new Error('redis-server is not on this machine; on Debian: apt-get install redis-server')
    const redis = new Redis(await freePort())
    await redis.start()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const flags = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    this.#server = spawn('redis-server', flags, { stdio: 'ignore' })
    const until = performance.now() + READY_WITHIN_MS
    while (!(await listens(this.port))) {
      if (performance.now() > until) throw new Error(`redis-server does not listen on port ${this.port}`)
      await delay(20)
    }
  }

  async kill(): Promise<void> {
    const server = this.#server
    if (!server || server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
