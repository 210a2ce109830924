import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkClaim, claimOf } from '../access/partners/signature.ts'

/**
 * How a wallet answers one call: as it should; not at all, or with an error, before or after it has done what was asked; or after
 * so long that it was given up, when it does it all the same.
 */
export const faults = ['none', 'lost', 'error', 'done-lost', 'done-error', 'late'] as const
export type Fault = (typeof faults)[number]

type Message = Readonly<{ transaction: string; user: string; asset: string; amount: string }>
type Entry = { debit?: 'taken' | 'refused'; credited?: bigint; rolledBack?: boolean; amount: bigint; user: string }

/** A partner's own wallet: a real server with real books, which answers a transaction as it did before. */
export type TestWallet = Readonly<{
  url: string
  /** What a user has. */
  balance(user: string): bigint
  give(user: string, amount: bigint): void
  transactions: ReadonlyMap<string, Readonly<Entry>>
  /** The next calls go wrong like this, one after the other, instead of what was said before; those after them do not. */
  fail(...faults: readonly Fault[]): void
  /** With which secret calls are to be signed. */
  trust(secret: string): void
  /** Calls by action, and those whose signature was wrong. */
  calls: Map<string, number>
  close(): Promise<void>
}>

const LATE_MS = 700

export async function openTestWallet(): Promise<TestWallet> {
  const balances = new Map<string, bigint>()
  const transactions = new Map<string, Entry>()
  const calls = new Map<string, number>()
  const coming: Fault[] = []
  const late = new Set<NodeJS.Timeout>()
  let secret = ''

  const change = (user: string, amount: bigint) => balances.set(user, (balances.get(user) ?? 0n) + amount)

  function debit({ transaction, user, amount }: Message): object {
    const entry = transactions.get(transaction) ?? { amount: BigInt(amount), user }
    transactions.set(transaction, entry)
    // A debit that comes after its rollback is too late.
    entry.debit ??= !entry.rolledBack && (balances.get(user) ?? 0n) >= entry.amount ? 'taken' : 'refused'
    if (entry.debit === 'refused') return { status: 'refused', reason: 'too little' }
    if (!seen.has(transaction)) change(user, -entry.amount)
    seen.add(transaction)
    return { status: 'ok' }
  }
  const seen = new Set<string>()

  function credit({ transaction, user, amount }: Message): object {
    const entry = transactions.get(transaction)
    if (!entry) throw new Error('a credit of a transaction that was never debited')
    if (entry.credited === undefined) change(user, BigInt(amount))
    entry.credited ??= BigInt(amount)
    return { status: 'ok' }
  }

  function rollback({ transaction, user, amount }: Message): object {
    const entry = transactions.get(transaction) ?? { amount: BigInt(amount), user }
    transactions.set(transaction, entry)
    if (entry.debit === 'taken' && !entry.rolledBack) change(user, entry.amount)
    entry.rolledBack = true
    return { status: 'ok' }
  }

  const balance = ({ user }: Message): object => ({
    status: 'ok',
    balances: [{ asset: 'play:CREDIT', balance: `${balances.get(user) ?? 0n}` }],
  })
  const actions: Record<string, (message: Message) => object> = { debit, credit, rollback, balance }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const action = request.url!.split('/').at(-1)!
    calls.set(action, (calls.get(action) ?? 0) + 1)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
    )
    checkClaim(claimOf({ method: 'POST', path: request.url!, headers, body }), secret, Date.now())
    const work = () => actions[action]!(JSON.parse(body.toString()) as Message)
    const fault = coming.shift() ?? 'none'
    if (fault === 'lost') return void response.destroy()
    if (fault === 'error') return void response.writeHead(502).end('nobody there')
    if (fault === 'late') {
      const timer = setTimeout(() => {
        late.delete(timer)
        const said = JSON.stringify(work())
        if (!response.destroyed) response.end(said)
      }, LATE_MS)
      return void late.add(timer)
    }
    const said = JSON.stringify(work())
    if (fault === 'done-lost') return void response.destroy()
    if (fault === 'done-error') return void response.writeHead(500).end('<html>')
    response.writeHead(200, { 'content-type': 'application/json' }).end(said)
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      calls.set('wrong', (calls.get('wrong') ?? 0) + 1)
      response.writeHead(400).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wallet`,
    balance: (user) => balances.get(user) ?? 0n,
    give: (user, amount) => void change(user, amount),
    transactions,
    fail: (...wanted) => void coming.splice(0, coming.length, ...wanted),
    trust: (wanted) => void (secret = wanted),
    calls,
    close: () => {
      for (const timer of late) clearTimeout(timer)
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
