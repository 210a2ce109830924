import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'

const SECRET_KEY = randomBytes(32).toString('hex')
const ANN = { email: 'ann.logless@mail.example.org', name: 'Annabel Logless', password: 'nine blue herons' }
const CARD = 'DE02120300000000202051'

let database: TestDatabase
let server: Server
let smtp: TestSmtp
const lines: string[] = []

beforeAll(async () => {
  database = await createDatabase()
  smtp = await TestSmtp.start()
  const env = { LOG_LEVEL: 'trace', SECRET_KEY, DATABASE_URL: database.url, MAIL_URL: smtp.url }
  server = await startServer({ env, log: (line) => void lines.push(line) })
}, 120_000)

afterAll(async () => {
  await server?.stop()
  await smtp?.close()
  await database?.drop()
})

type Said = Readonly<{ status: number; body: { token: string; refreshToken: string } }>

async function call(method: string, path: string, body?: unknown, token?: string): Promise<Said> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': randomBytes(8).toString('hex'),
    'user-agent': 'Annbrowser/7',
    ...(token && { authorization: `Bearer ${token}` }),
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(server.url + path, { method, headers, ...(body !== undefined && { body: text }) })
  const said = await answer.text()
  return { status: answer.status, body: (said.startsWith('{') ? JSON.parse(said) : {}) as Said['body'] }
}

test('whatever people do, and whatever fails of it, no line of the log says who they are or lets anybody in', async () => {
  const { email, name, password } = ANN
  smtp.refuse = true
  await call('POST', '/auth/register', { email, password, name })
  await vi.waitFor(() => expect(lines.join('\n')).toContain('a mail was not taken'), { timeout: 20_000 })
  smtp.refuse = false
  await call('POST', '/auth/forgot', { email })
  await call('POST', '/auth/register', { email, password, name })
  const letter = await vi.waitFor(() => smtp.received.findLast(({ text }) => text.includes('/confirm'))!.text, 20_000)
  const link = /#([\w-]{43})/.exec(letter)![1]!
  const { body: tokens } = await call('POST', '/auth/confirm-email', { link })
  const { token, refreshToken } = tokens
  expect(token).toMatch(/^eyJ/)
  const tries: [string, string, unknown][] = [
    ['POST', '/auth/login', { email, password: 'ten red hens' }],
    ['POST', '/auth/login', { email, password }],
    ['POST', '/auth/login', `{"email": "${email}", "password": "${password}"`],
    ['POST', '/auth/confirm', { password }],
    ['POST', '/auth/second-factor', undefined],
    ['GET', `/admin/users?query=${email}`, undefined],
    ['GET', `/${email}/${token}`, undefined],
    ['PUT', '/person', { birthDate: '1990-01-02', country: 'DE' }],
    ['POST', '/transactions/deposit', { asset: 'USD', amount: '500' }],
    ['POST', '/transactions/withdraw', { asset: 'USD', amount: '500', target: CARD }],
    ['GET', '/me/export', undefined],
    ['POST', '/actors/session/nobody/seat', undefined],
  ]
  const answered = async () => {
    const statuses: number[] = []
    for (const [method, path, body] of tries) statuses.push((await call(method, path, body, token)).status)
    return statuses
  }
  expect(await answered()).toContain(200)
  // Again with tables that are gone: whatever a library says of it goes to the log.
  const pool = new pg.Pool({ connectionString: database.url, max: 1 })
  await pool.query('alter table person rename to person_gone; alter table session rename to session_gone')
  expect(await answered()).toContain(500)
  await call('POST', '/auth/refresh', { refreshToken })
  await pool.query('alter table person_gone rename to person; alter table session_gone rename to session')
  await pool.end()

  const log = lines.join('\n')
  expect(log).toContain('request failed')
  expect(log).toContain('is full; try again later')
  for (const [what, secret] of Object.entries({
    ...ANN,
    token,
    refreshToken,
    link,
    CARD,
    SECRET_KEY,
    device: 'Annbrowser',
  }))
    expect(log.toLowerCase(), what).not.toContain(secret.toLowerCase())
  expect(log).not.toMatch(/@mail\.example|Logless|1990-01-02|herons|\$argon2/i)
})
