import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWalletNode, type WalletNode } from '../test/wallet.ts'

const SCRIPT = join(import.meta.dirname, 'payments.ts')

let wallet: WalletNode
beforeAll(async () => {
  wallet = await openWalletNode()
})
afterAll(() => wallet.close())

type Ended = Readonly<{ code: number; out: string; last: Record<string, unknown> | undefined }>

function run(...args: readonly string[]): Promise<Ended> {
  const { node } = wallet
  const env = { ...process.env, DATABASE_URL: node.url, SECRET_KEY: Buffer.from(node.secretKey).toString('hex') }
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout) => {
      const line = stdout.trim().split('\n').at(-1) ?? ''
      const last = line.startsWith('{') ? (JSON.parse(line) as Record<string, unknown>) : undefined
      resolve({ code: error ? Number(error.code) : 0, out: stdout, last })
    })
  })
}

const today = new Date().toISOString().slice(0, 10)

test('reconciling ends well when both sides agree, and with 1 and a line for each difference when they do not', async () => {
  const agreed = await run('reconcile', '--since', today)
  expect([agreed.code, agreed.last]).toMatchObject([0, { payments: 'reconcile', ok: true, differences: [] }])
  // The provider of the command looks into this database, and knows nothing of what another one was paid.
  const id = await wallet.paid(await wallet.player())
  const [{ code, out, last }, yesterday] = await Promise.all([run('reconcile', '--since', today), run('reconcile')])
  expect([code, last]).toMatchObject([1, { ok: false, differences: [{ payment: id, kind: 'missing-there' }] }])
  expect(out).toContain(`${id}: missing-there (paid): here 5000, there -`)
  expect(yesterday.code).toBe(0)
}, 60_000)

test('what is no day, or no command, is answered with how it is used', async () => {
  const wrong = [['reconcile', '--since', 'yesterday'], ['pay'], []]
  const ended = await Promise.all(wrong.map((args) => run(...args)))
  expect(ended.map(({ code }) => code)).toEqual([1, 1, 1])
}, 60_000)
