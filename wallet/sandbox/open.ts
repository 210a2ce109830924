import type { Pool } from 'pg'
import { createBreaker } from '../../access/breaker.ts'
import type { PaymentProvider } from '../provider.ts'
import { createSandboxProvider } from './provider.ts'
import { startSandboxServer } from './server.ts'

export type SandboxOptions = Readonly<{
  pool: Pool
  /** What both sides share: it opens the API and signs the webhooks. */
  secret: string
  /** Where webhooks go; nothing is sent while it is empty. */
  notify: () => string
  /** Where a payer is sent back to; empty is nowhere. */
  back: string
  /** 0 takes any free one. */
  port: number
  /** How browsers reach it; empty is on this machine. */
  url: string
  clock: () => number
  failed: (error: unknown) => void
}>

/** A provider that takes no money, and the way to it. */
export type Sandbox = Readonly<{ provider: PaymentProvider; url: string; close(): Promise<void> }>

/** Starts the sandbox of a payment provider: a server of its own on this machine, which is spoken to like anybody else's. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { secret, clock } = options
  const { url, close } = await startSandboxServer(options)
  const breaker = createBreaker({
    name: 'payments',
    timeout_ms: 5_000,
    at_once_max: 64,
    waiting_max: 256,
    failures: 10,
    rest_ms: 2_000,
  })
  return { provider: createSandboxProvider({ url, secret, breaker, clock }), url, close }
}
