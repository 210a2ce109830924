import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import type { Tokens } from '../schema/http.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'
import { visit, type Visitor } from './visitor.ts'

const PASSWORD = 'nine blue herons'
const EMAIL = 'ada@staff.example'
const soon = { timeout: 20_000, interval: 50 }

let database: TestDatabase
let smtp: TestSmtp
let server: Server
let browser: Browser
let ada: Visitor

const post = async (path: string, body: object) =>
  (await (
    await fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).json()) as Tokens

/** A month of play before today, a box that gave too much, and a ring of users. */
const SEEN = [
  `insert into analytics_daily (tenant, day, asset, users, openings, battles, wagered, won, granted, sold)
   select 'main', current_date - n, 'play:CREDIT', 40 + n, 900, 30, 100000 + 4000 * (n % 9), 88000 + 5000 * (n % 7), 3000, 100
   from generate_series(1, 28) n`,
  `insert into analytics_box (tenant, box, asset, openings, paid, won, draws, drawn)
   select 'main', id, asset, 4000, 4000 * price, 8000 * price, 0, 0 from box_version where tenant = 'main' and version = 1`,
  `insert into analytics_version (tenant, box, version, asset, openings, paid, won)
   select 'main', id, 1, asset, 4000, 4000 * price, 8000 * price from box_version where tenant = 'main' and version = 1`,
  `insert into analytics_pace (unit, at, tenant, user_id, openings, deposits, withdrawals, trades)
   values ('hour', date_trunc('hour', now()), 'main', '018bcfe5-6800-7000-8000-00000000fa57', 12, 44, 0, 0)`,
  `insert into analytics_given (tenant, user_id, other_id, asset, gifts, given, last_at)
   values ('main', 'giver', 'taker', 'play:CREDIT', 3, 2500000, now())`,
  `insert into signal (tenant, user_id, kind, digest, first_ms, last_ms, count)
   select 'main', 'ring-' || n, 'payout', '\\x00112233445566778899aabbccddeeff', 1, n, 1 from generate_series(1, 4) n`,
]

describe.skipIf(!hasChromium)('analytics in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    smtp = await TestSmtp.start()
    server = await startServer({
      env: { ANALYTICS_PACE_MS: '100', DATABASE_URL: database.url, MAIL_URL: smtp.url, DEMO_BOTS: '0' },
    })
    await post('/auth/register', { email: EMAIL, password: PASSWORD, name: 'Ada Admin' })
    const { user } = await post('/auth/confirm-email', { link: await smtp.linkTo(EMAIL, 'Confirm your address') })
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`update app_user set roles = '{player,admin}' where id = $1`, [user.id])
    for (const statement of SEEN) await client.query(statement)
    await client.end()
    browser = await openBrowser({ height: 1600 })
    ada = await visit(browser.context, server.url)
    await ada.page.goto(`${server.url}/account`)
    const form = ada.at('sign-in')
    await form.locator('[name=email]').fill(EMAIL)
    await form.locator('[name=password]').fill(PASSWORD)
    await form.locator('button[type=submit]').click()
    await ada.page.waitForURL(`${server.url}/`)
  }, 180_000)

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await smtp?.close()
    await database?.drop()
  })

  test('the staff sees what was earned, which box gives too much, and who is worth a look', async () => {
    const { page, at } = ada
    await page.goto(`${server.url}/staff/analytics`)
    await expect.poll(() => at('days-chart').locator('rect').count(), soon).toBe(58)
    expect(await at('revenue-total').textContent()).toContain('Wagered')
    const boxes = at('box-returns')
    await expect.poll(() => boxes.textContent(), soon).toContain('outside')
    const fraud = at('fraud')
    await expect.poll(() => fraud.textContent(), soon).toContain('44 deposits within the hour')
    const text = await fraud.textContent()
    for (const found of ['deposits-per-hour', '4 users share one payout', 'one-sided', '25,000.00']) {
      expect(text).toContain(found)
    }
    await page.screenshot({ path: 'test-results/analytics.png', fullPage: true })
    await page.getByRole('button', { name: '7 days' }).click()
    await expect.poll(() => at('days-chart').locator('rect').count(), soon).toBe(14)
  })
})
