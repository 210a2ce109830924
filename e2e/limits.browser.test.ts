import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

let database: TestDatabase
let server: Server
let browser: Browser
let ann: Visitor

const soon = { timeout: 20_000, interval: 20 }
const says = (id: string) => expect.poll(() => ann.at(id).textContent(), soon)

describe.skipIf(!hasChromium)('what one lets oneself do, in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    const starting = startServer({ env: { DATABASE_URL: database.url } })
    browser = await openBrowser()
    server = await starting
    ann = await visit(browser.context, server.url)
    await ann.page.goto(`${server.url}/account`)
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await database?.drop()
  })

  test('somebody sets limits of each kind, and sees what is left and what comes', async () => {
    await ann.at('limit-loss-play:CREDIT').locator('input').fill('20')
    await ann.at('limit-loss-play:CREDIT').getByText('Set', { exact: true }).click()
    await says('limit-loss-play:CREDIT-left').toContain('20.00 of 20.00 left today')
    await ann.at('limit-session-minutes').locator('input').fill('60')
    await ann.at('limit-session-minutes').getByText('Set', { exact: true }).click()
    await says('limit-session-minutes-left').toContain('60 min of 60 min left today')
    await ann.at('limit-session-minutes').getByText('No limit from tomorrow').click()
    await says('limit-session-minutes-left').toContain('no limit')
    await ann.picture('limits', { whole: true })
  })

  test('somebody says who they are and proves it where a provider asks', async () => {
    await says('person-standing').toContain('asks for your date of birth')
    await ann.at('person-form').locator('input[type=date]').fill('1990-02-28')
    await ann.at('person-form').locator('select').selectOption('DE')
    await ann.at('person-form').locator('button').click()
    await says('person-standing').toContain('You may use real money')
    const opened = browser.context.waitForEvent('page')
    await ann.at('proof').locator('button').click()
    const provider = await opened
    await provider.getByText('Approve').click()
    await expect.poll(() => provider.getByRole('status').textContent(), soon).toContain('Approved')
    await provider.close()
    await expect
      .poll(async () => {
        await ann.page.evaluate(() => dispatchEvent(new Event('focus')))
        return ann.at('proof-state').textContent()
      }, soon)
      .toContain('is proven')
  })

  test('somebody takes a break, after being told what that means', async () => {
    await ann.click('break-1-hour')
    await expect.poll(() => ann.at('break-confirm').isDisabled(), soon).toBe(true)
    await ann.click('break-understood')
    await ann.picture('break-confirm')
    await ann.click('break-confirm')
    await says('excluded').toContain('You have excluded yourself until')
    await ann.picture('excluded', { whole: true })
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})
