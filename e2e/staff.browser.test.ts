import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import type { Tokens } from '../schema/http.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'
import { visit, type Visitor } from './visitor.ts'

const PASSWORD = 'nine blue herons'
const soon = { timeout: 20_000, interval: 20 }

let database: TestDatabase
let smtp: TestSmtp
let server: Server
let browsers: Browser[]
let ada: Visitor
let bob: Visitor
let bobs: Tokens['user']

/** Makes an account by its mail, over HTTP. */
async function signUp(email: string, name: string): Promise<Tokens['user']> {
  const post = (path: string, body: object) =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await post('/auth/register', { email, password: PASSWORD, name })
  const made = await post('/auth/confirm-email', { link: await smtp.linkTo(email, 'Confirm your address') })
  return ((await made.json()) as Tokens).user
}

async function signIn({ page, at }: Visitor, email: string): Promise<void> {
  await page.goto(`${server.url}/account`)
  const form = at('sign-in')
  await form.locator('[name=email]').fill(email)
  await form.locator('[name=password]').fill(PASSWORD)
  await form.locator('button[type=submit]').click()
  await page.waitForURL(`${server.url}/`)
}

describe.skipIf(!hasChromium)('people and the staff in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    smtp = await TestSmtp.start()
    server = await startServer({ env: { DATABASE_URL: database.url, MAIL_URL: smtp.url } })
    const admin = await signUp('ada@staff.example', 'Ada Admin')
    bobs = await signUp('bob@example.org', 'Bob Player')
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`update app_user set roles = '{player,admin}' where id = $1`, [admin.id])
    await client.end()
    browsers = await Promise.all([openBrowser({ height: 900 }), openBrowser({ width: 390, height: 844 })])
    ada = await visit(browsers[0]!.context, server.url)
    bob = await visit(browsers[1]!.context, server.url)
    await signIn(ada, 'ada@staff.example')
    await signIn(bob, 'bob@example.org')
  }, 180_000)

  afterAll(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()))
    await server?.stop()
    await smtp?.close()
    await database?.drop()
  })

  test('the staff finds somebody, freezes and frees them, gives a role, and reads in the audit what it did', async () => {
    const { page, at, click } = ada
    await page.goto(`${server.url}/staff/users`)
    await at('admin-users').waitFor()
    await at('find-users').fill('bob@EXAMPLE.org')
    await page.keyboard.press('Enter')
    await expect.poll(() => at('admin-users').locator('tbody tr').count(), soon).toBe(1)
    await ada.picture('admin-users')
    await at(`admin-user-${bobs.id}`).locator('a').click()
    await click('freeze')
    await at('unfreeze').waitFor()
    await ada.picture('admin-user', { whole: true })
    await click('unfreeze')
    await at('freeze').waitFor()
    await click('role-support')
    await expect.poll(() => at('role-support').textContent(), soon).toContain('Take')
    await page.goto(`${server.url}/staff/audit`)
    await at('acts-object').fill(`user:${bobs.id}`)
    await at('acts-action').fill('user.roles')
    await page.keyboard.press('Enter')
    await expect.poll(() => at('acts').locator('tbody tr').count(), soon).toBe(1)
    await expect.poll(() => at('acts').textContent(), soon).toContain('support')
    await ada.picture('admin-audit')
    expect(ada.complaints).toEqual([])
  })

  test('somebody sets what they prefer, takes their data along and is forgotten', async () => {
    const { page, at, click } = bob
    // A role was given meanwhile, so the session has ended.
    await page.goto(`${server.url}/account`)
    await signIn(bob, 'bob@example.org')
    await page.goto(`${server.url}/account`)
    // Before it is known it looks like one that is off.
    await expect.poll(() => at('prefer-showName').isEnabled(), soon).toBe(true)
    const kept = page.waitForResponse((answer) => answer.request().method() === 'PUT')
    await at('prefer-showName').uncheck()
    expect((await kept).status()).toBe(200)
    await page.reload()
    await expect.poll(() => at('prefer-showName').isEnabled(), soon).toBe(true)
    expect(await at('prefer-showName').isChecked()).toBe(false)
    await bob.picture('own-data', { whole: true })
    const [file] = await Promise.all([page.waitForEvent('download'), click('export-data')])
    const data = JSON.parse(readFileSync(await file.path(), 'utf8')) as { account: { person: { email: string }[] } }
    expect(data.account.person).toMatchObject([{ email: 'bob@example.org' }])
    page.on('dialog', (dialog) => void dialog.accept())
    await click('erase-me')
    await at('confirm').locator('[name=password]').fill(PASSWORD)
    await at('confirm').locator('button[type=submit]').click()
    await page.waitForURL(`${server.url}/`)
    await ada.page.goto(`${server.url}/staff/users/${bobs.id}`)
    await expect.poll(() => ada.at('admin-user').textContent(), soon).toContain('erased')
    expect(await ada.at('admin-user').textContent()).not.toMatch(/Bob|bob@/)
  })
})
