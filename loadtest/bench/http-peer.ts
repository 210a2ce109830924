import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LoadUser } from './http-load.ts'

export type Peer = Readonly<{ port: number; users: readonly LoadUser[]; stop(): void }>

/** Starts the peer on a database of its own, with players who have money. */
export async function startPeer(databaseUrl: string, players: number): Promise<Peer> {
  const child = fork(join(import.meta.dirname, 'http-peer-worker.ts'), [databaseUrl], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the peer ended before it was ready')))
  ended.catch(() => {}) // It will end some time.
  const next = async <T>(): Promise<T> => ((await Promise.race([once(child, 'message'), ended])) as [T])[0]
  const { port } = await next<{ port: number }>()
  child.send({ players })
  const users = await next<readonly LoadUser[]>()
  return { port, users, stop: () => child.disconnect() }
}
