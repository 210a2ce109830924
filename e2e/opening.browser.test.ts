import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

const CREDITS = 100_000

let database: TestDatabase
let smtp: TestSmtp
let server: Server
let browsers: Browser[]
let ann: Visitor
let bob: Visitor

const soon = { timeout: 20_000, interval: 20 }
const credits = (who: Visitor) => expect.poll(() => who.credits(), soon)

describe.skipIf(!hasChromium)('alone in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    smtp = await TestSmtp.start()
    const env = { FAUCET_CREDITS: String(CREDITS), DATABASE_URL: database.url, MAIL_URL: smtp.url }
    const starting = startServer({ env })
    browsers = await Promise.all([openBrowser(), openBrowser()])
    server = await starting
    const [one, two] = await Promise.all(browsers.map(({ context }) => visit(context, server.url)))
    ann = one!
    bob = two!
  }, 120_000)

  afterAll(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()))
    await server?.stop()
    await smtp?.close()
    await database?.drop()
  })

  test('somebody opens boxes, sells what came out, reveals the seed and verifies every draw; others see it live, and verify it by its link', async () => {
    await bob.page.goto(`${server.url}/live`)
    await bob.click('live-kind-openings')
    await expect.poll(() => bob.at('live-status').getAttribute('data-status'), soon).toBe('live')
    await ann.page.goto(`${server.url}/open`)
    await ann.click('open-garden-shed')
    await ann.click('count-3')
    await credits(ann).toBe(CREDITS)
    await ann.click('open-now')
    await expect.poll(() => ann.at('opening-stage').getAttribute('data-stage'), soon).toBe('show')
    await credits(ann).toBe(CREDITS - 1_500)
    await ann.picture('opening-shown', { whole: true })
    await ann.click('sell-drawn')
    await expect.poll(() => ann.credits(), soon).toBeGreaterThan(CREDITS - 1_500)
    await ann.click('change-seeds')
    await ann.at('verify-opening').waitFor()
    await ann.click('verify-opening')
    await expect.poll(() => ann.at('opening-verdict').getAttribute('data-ok'), soon).toBe('true')
    await expect.poll(() => ann.at('opening-verdict').locator('li.ok').count(), soon).toBe(4)
    await expect.poll(() => bob.page.locator('[data-type="opening"]').count(), soon).toBe(1)
    expect(await bob.page.locator('.feed-item').count()).toBe(1)
    await bob.picture('live-openings')
    const link = (await ann.at('opening-link').getAttribute('href'))!
    await bob.page.goto(`${server.url}${link}`)
    await expect.poll(() => bob.at('opening-verdict').getAttribute('data-ok'), soon).toBe('true')
    expect([...ann.complaints, ...bob.complaints.filter((each) => !each.includes('404'))]).toEqual([])
  })

  test('somebody limits what they may spend in a day, and the ledger holds them to it', async () => {
    await ann.page.goto(`${server.url}/open/pocket-change`)
    await ann.at('limit-amount').fill('4')
    await ann.click('set-limit')
    await expect.poll(() => ann.at('limit').textContent(), soon).toMatch(/^4\.00 of 4\.00 left today/)
    await ann.click('open-now')
    await expect.poll(() => ann.at('limit').textContent(), soon).toMatch(/^1\.50 of 4\.00/)
    await expect.poll(() => ann.at('opening-stage').getAttribute('data-stage'), soon).toBe('show')
    const before = await ann.credits()
    await ann.click('open-now')
    await ann.page.getByText('This is more than the limit you have set for yourself.').waitFor()
    expect(await ann.credits()).toBe(before)
  })

  test('a guest makes an account by mail, keeps the credits, and signs in with it in another browser', async () => {
    const email = 'ann@example.org'
    const had = await ann.credits()
    await ann.page.goto(`${server.url}/account`)
    const form = ann.at('sign-up')
    await form.locator('[name=name]').fill('Ann of the Hills')
    await form.locator('[name=email]').fill(email)
    await form.locator('[name=password]').fill('nine blue herons')
    await form.locator('button[type=submit]').click()
    await ann.at('sign-up-sent').waitFor()
    await ann.page.goto(`${server.url}/account/confirm#${await smtp.linkTo(email, 'Confirm your address')}`)
    await ann.page.waitForURL(`${server.url}/`)
    await expect.poll(() => ann.at('user-name').textContent(), soon).toBe('Ann of the Hills')
    await credits(ann).toBe(had)
    await bob.page.goto(`${server.url}/account`)
    const signIn = bob.at('sign-in')
    await signIn.locator('[name=email]').fill(email)
    await signIn.locator('[name=password]').fill('not this one')
    await signIn.locator('button[type=submit]').click()
    await expect.poll(() => bob.at('sign-in-refused').textContent(), soon).toMatch(/not right/)
    await signIn.locator('[name=password]').fill('nine blue herons')
    await signIn.locator('button[type=submit]').click()
    await bob.page.waitForURL(`${server.url}/`)
    await expect.poll(() => bob.at('user-name').textContent(), soon).toBe('Ann of the Hills')
    await credits(bob).toBe(had)
    await bob.page.goto(`${server.url}/account`)
    await expect.poll(() => bob.at('own-sessions').locator('li').count(), soon).toBeGreaterThan(1)
    await bob.picture('account')
  })

  test('the ledger holds after all of it', async () => {
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})
