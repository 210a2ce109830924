import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { expect, vi } from 'vitest'
import { userOwner } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { toAsset } from '../schema/asset.ts'
import { digestOf } from '../schema/digest.ts'
import { toJson } from '../schema/json.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { PaymentDetail } from '../schema/wallet.ts'
import { openSandbox, type Sandbox } from '../wallet/sandbox/open.ts'
import type { Happening } from '../wallet/sandbox/store.ts'
import { WALLET_RULES, newGuest, openTestNode, type Answer, type TestNode } from './node.ts'
import { newStaff } from './box-staff.ts'
import { createDatabase } from './database.ts'

const SECRET = 'what both sides share'
export const USD = toAsset('USD')

/** Somebody who may spend real money, has proved who they are, and has just done so again. */
export type Player = Readonly<{ id: string; token: string }>

/** A node that listens, and a sandbox of a payment provider over a database of its own that speaks to it over HTTP. */
export type WalletNode = Readonly<{
  node: TestNode
  sandbox: Sandbox
  /** The provider's own database. */
  outside: pg.Pool
  secret: string
  /** Where the node listens. */
  url: string
  staff: string
  player: () => Promise<Player>
  call: (by: string, method: string, path: string, body?: unknown, key?: string) => Promise<Answer>
  /** Begins a deposit. Resolves with its id. */
  begun: (player: Player, amount?: string) => Promise<string>
  /** Lets things happen at the provider. */
  happen: (payment: string, ...happenings: readonly Happening[]) => Promise<void>
  /** A deposit that is paid and has arrived. */
  paid: (player: Player, amount?: string) => Promise<string>
  withdrawn: (player: Player, amount?: string, target?: string) => Promise<Answer>
  payment: (player: Player, id: string) => Promise<PaymentDetail>
  /** Waits until the payment stands so. */
  stands: (player: Player, id: string, wanted: Partial<PaymentDetail>) => Promise<void>
  /** What the player has, of it held, owes, and whether it is frozen. */
  money: (player: Player) => Promise<Readonly<{ has: bigint; held: bigint; owes: bigint; frozen: boolean }>>
  close: () => Promise<void>
}>

let keys = 0

export async function openWalletNode(settings: Partial<typeof WALLET_RULES> = {}): Promise<WalletNode> {
  const outside = await createDatabase()
  const pool = new pg.Pool({ connectionString: outside.url, max: 5 })
  pool.on('connect', (client) => void client.on('error', () => {}))
  let url = ''
  const notify = () => url && `${url}/payments/webhooks/sandbox`
  const about = { pool, secret: SECRET, notify, back: '', port: 0, url: '', clock: Date.now, failed: console.error }
  const sandbox = await openSandbox(about)
  const payments = { provider: sandbox.provider, settings: { ...WALLET_RULES, ...settings } }
  const node = await openTestNode({}, { payments })
  const server = createServer((request, response) => void getRequestListener(node.app.fetch)(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const staff = await newStaff(node, '{player,admin}')
  const call: WalletNode['call'] = (token, method, path, body, key = `w${++keys}`) =>
    node.call(method, path, { token, key, ...(body !== undefined && { body }) })
  return {
    ...walletOf({ node, sandbox, staff, call }),
    outside: pool,
    secret: SECRET,
    url,
    async close() {
      await sandbox.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await node.close()
      await pool.end()
      await outside.drop()
    },
  }
}

function walletOf(parts: Pick<WalletNode, 'node' | 'sandbox' | 'staff' | 'call'>) {
  const { node, sandbox, staff, call } = parts

  async function player(): Promise<Player> {
    const { user, token } = await newGuest(node)
    await node.call('PUT', '/person', { token, body: { birthDate: '1990-02-28', country: 'DE' } })
    const proven = await call(staff, 'PUT', `/admin/users/${user.id}/proof`, { result: 'proven' })
    expect(proven.status).toBe(200)
    const until_ms = Date.now() + 3_600_000
    await node.pool.query('update session set confirmed_until_ms = $2 where user_id = $1', [user.id, until_ms])
    return { id: user.id, token }
  }

  async function begun({ token }: Player, amount = '5000'): Promise<string> {
    const { status, body } = await call(token, 'POST', '/transactions/deposit', { asset: 'USD', amount })
    expect([status, body.code]).toEqual([200, undefined])
    return body.id as string
  }

  async function happen(payment: string, ...happenings: readonly Happening[]): Promise<void> {
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: toJson(happenings) }
    const answer = await fetch(`${sandbox.url}/v1/payments/${payment}/happenings`, init)
    expect(answer.status).toBe(200)
  }

  const payment: WalletNode['payment'] = async ({ token }, id) => (await call(token, 'GET', `/payments/${id}`)).body
  const stands: WalletNode['stands'] = (whose, id, wanted) =>
    vi.waitFor(async () => expect(await payment(whose, id)).toMatchObject(wanted), { timeout: 8_000, interval: 15 })

  return {
    ...parts,
    player,
    begun,
    happen,
    payment,
    stands,
    paid: async (whose: Player, amount = '5000') => {
      const id = await begun(whose, amount)
      await happen(id, { type: 'paid' })
      await stands(whose, id, { state: 'paid' })
      return id
    },
    withdrawn: ({ token }: Player, amount = '1000', target = 'DE02 1203 0000 0000 2020 51') =>
      call(token, 'POST', '/transactions/withdraw', { asset: 'USD', amount, target }),
    money: async ({ id }: Player) => {
      const [own, debt] = await Promise.all(
        [userOwner(id), `debt:${userOwner(id)}`].map((owner) => node.ledger.reader.balance('main', owner, USD)),
      )
      const { balance: has = 0n, held = 0n, frozen = false } = own ?? {}
      return { has, held, owes: -(debt?.balance ?? 0n), frozen }
    },
  }
}

/** Moves money of the house's books by an outcome of the test's own. */
export async function give({ node }: WalletNode, debit: string, credit: string, amount: bigint, asset = USD) {
  await node.ledger.commit({
    id: uuidv7(),
    kind: 'test',
    tenant: 'main',
    request: digestOf({ debit, credit, amount }),
    transfers: [{ asset, debit, credit, amount: toAmount(amount) }],
    events: [{ type: 'money.moved', payload: {} }],
  })
}
