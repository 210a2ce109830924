import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshSeed } from '../client-sdk/seed.ts'
import { startServer, type Server } from '../loadtest/server.ts'
import type { CreateBattle, Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { visit, type Visitor } from './visitor.ts'

const PAGE = 20
const PLAIN = 45
const CRAZY = 3

let database: TestDatabase
let server: Server
let browser: Browser
let ann: Visitor
let token: string

const soon = { timeout: 20_000, interval: 20 }
const rows = () => ann.page.getByTestId('open-battles').getByTestId('battle-row')
const ids = () => rows().evaluateAll((all) => all.map((row) => row.getAttribute('data-battle')))
/** Each once, by their ids, which rise with time. */
const newestFirst = (all: readonly (string | null)[]) => [...new Set(all)].toSorted((a, b) => (a! < b! ? 1 : -1))
const rowCount = () => expect.poll(() => rows().count(), soon)

async function call<T>(path: string, body: unknown = {}): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': uuidv7(),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.ok, path).toBe(true)
  return (await answer.json()) as T
}

const open = async (wanted: Omit<CreateBattle, 'clientSeed' | 'seats'>) =>
  (await call<{ id: string }>('/battles', { seats: 2, clientSeed: freshSeed(), ...wanted })).id

describe.skipIf(!hasChromium)('the lobby', () => {
  beforeAll(async () => {
    database = await createDatabase()
    const starting = startServer({ env: { DATABASE_URL: database.url, BATTLES_PER_USER: '100' } })
    browser = await openBrowser()
    server = await starting
    token = (await call<Tokens>('/auth/guest')).token
    for (let i = 0; i < CRAZY; i++) await open({ mode: 'crazy', rounds: ['night-market'] })
    for (let i = 0; i < PLAIN; i++) await open({ rounds: ['pocket-change'] })
    ann = await visit(browser.context, server.url)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await database?.drop()
  })

  test('shows the newest battles, and page by page all the others', async () => {
    await rowCount().toBe(PAGE)
    await ann.picture('lobby-many')
    await ann.at('lobby-more').scrollIntoViewIfNeeded()
    await ann.picture('lobby-more')
    for (const shown of [2 * PAGE, PLAIN + CRAZY]) {
      await ann.click('lobby-more')
      await rowCount().toBe(shown)
    }
    await expect.poll(() => ann.at('lobby-more').count(), soon).toBe(0)
    const all = await ids()
    expect(all).toEqual(newestFirst(all))
  })

  test('narrows what is waiting, also what only now comes, and follows what changes', async () => {
    await ann.page.goto(server.url)
    await rowCount().toBe(PAGE)
    await ann.at('lobby-mode').selectOption('crazy')
    await rowCount().toBe(CRAZY)
    await ann.at('lobby-box').selectOption('pocket-change')
    await rowCount().toBe(0)
    await open({ rounds: ['pocket-change'] })
    const fresh = await open({ mode: 'crazy', rounds: ['pocket-change'] })
    await expect.poll(ids, soon).toEqual([fresh])
    await ann.at('lobby-price').selectOption('1')
    await rowCount().toBe(0)
    await ann.at('lobby-box').selectOption('')
    await rowCount().toBe(CRAZY)
    await ann.picture('lobby-narrowed')
    await ann.click('lobby-any')
    await rowCount().toBe(PAGE)
    expect((await ids())[0]).toBe(fresh)
    expect(ann.complaints).toEqual([])
  })

  test('asks for the next page from where it stands, however much came on top of it', async () => {
    await ann.page.goto(server.url)
    await rowCount().toBe(PAGE)
    const before = await ids()
    const fresh = await open({ rounds: ['garden-shed'] })
    await expect.poll(async () => (await ids())[0], soon).toBe(fresh)
    await ann.click('lobby-more')
    await rowCount().toBe(2 * PAGE)
    const after = await ids()
    expect(after.slice(0, PAGE + 1)).toEqual([fresh, ...before])
    expect(after).toEqual(newestFirst(after))
  })

  test('is not wider than a phone', async () => {
    await ann.page.setViewportSize({ width: 390, height: 844 })
    await ann.page.goto(server.url)
    await rowCount().toBe(PAGE)
    await ann.at('lobby-mode').scrollIntoViewIfNeeded()
    await ann.picture('phone-lobby-many')
    await ann.at('lobby-mode').selectOption('crazy')
    await rowCount().toBe(CRAZY + 1)
    await ann.picture('phone-lobby-narrowed')
    expect(await ann.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  })
})
