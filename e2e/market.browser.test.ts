import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

const CREDITS = 100_000
const FEE = 0.05
const PASSWORD = 'nine blue herons'

let database: TestDatabase
let smtp: TestSmtp
let server: Server
let browsers: Browser[]
let ann: Visitor
let bob: Visitor

const soon = { timeout: 20_000, interval: 20 }
const credits = (who: Visitor) => expect.poll(() => who.credits(), soon)
const go = (who: Visitor, path: string) => who.page.goto(`${server.url}${path}`)

/** Opens boxes until the player has something, and resolves with its sku. */
async function win(who: Visitor): Promise<string> {
  await go(who, '/open/pocket-change')
  await who.click('open-now')
  await expect.poll(() => who.at('opening-stage').getAttribute('data-stage'), soon).toBe('show')
  await go(who, '/items')
  const first = who.page.locator('[data-testid^="item-"]').first()
  await first.waitFor()
  return (await first.getAttribute('data-testid'))!.slice('item-'.length)
}

/** Makes an account of the guest. */
async function signUp(who: Visitor, email: string): Promise<void> {
  await go(who, '/account')
  const form = who.at('sign-up')
  await form.locator('[name=email]').fill(email)
  await form.locator('[name=password]').fill(PASSWORD)
  await form.locator('button[type=submit]').click()
  await who.at('sign-up-sent').waitFor()
  await go(who, `/account/confirm#${await smtp.linkTo(email, 'Confirm your address')}`)
  await who.page.waitForURL(`${server.url}/`)
}

describe.skipIf(!hasChromium)('between players in the page', () => {
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

  test('what one puts on the market another one buys, and sees it come without asking', async () => {
    await go(bob, '/market')
    await bob.page.getByText('Nothing is for sale like that').waitFor()
    const sku = await win(ann)
    const had = await ann.credits()
    await ann.click(`item-${sku}`)
    await ann.at('list-price').fill('8')
    await ann.picture('item-dialog')
    await ann.click('list-item')
    await expect.poll(() => bob.at('listing').count(), soon).toBe(1)
    await bob.picture('market')
    await bob.click('buy')
    await credits(bob).toBe(CREDITS - 800)
    await credits(ann).toBe(had + 800 * (1 - FEE))
    await go(bob, '/items')
    await bob.at(`item-${sku}`).waitFor()
    await go(bob, `/market/${encodeURIComponent(`play:item:${sku}`)}`)
    await bob.page.locator('.price-chart').waitFor()
    await bob.picture('market-item', { whole: true })
    await go(ann, '/market/mine')
    await expect.poll(() => ann.at('own-listing').getAttribute('data-phase'), soon).toBe('sold')
  })

  test('who waits with an order is sold to at once, and a locked item goes nowhere', async () => {
    const sku = await win(bob)
    const asset = encodeURIComponent(`play:item:${sku}`)
    await go(ann, `/market/${asset}`)
    await ann.at('order-price').fill('3')
    await ann.click('order')
    await ann.page.getByText('Your order stands').waitFor()
    await go(bob, '/items')
    await bob.click(`item-${sku}`)
    await bob.at('lock-item').check()
    await expect.poll(() => bob.at('sell-back').isDisabled(), soon).toBe(true)
    await bob.at('lock-item').uncheck()
    await expect.poll(() => bob.at('sell-back').isDisabled(), soon).toBe(false)
    await bob.at('list-price').fill('1')
    await bob.click('list-item')
    await bob.page.getByText('Sold at once, for 3.00').waitFor()
    await go(ann, '/market/mine')
    await expect.poll(() => ann.at('own-order').getAttribute('data-phase'), soon).toBe('filled')
    await ann.picture('own-offers')
  })

  test('a trade from a showcase moves both sides when the other accepts', async () => {
    const sku = await win(ann)
    await ann.click(`item-${sku}`)
    await ann.at('show-item').check()
    await ann.page.keyboard.press('Escape')
    const showcase = (await ann.at('showcase').getAttribute('href'))!
    await go(bob, showcase)
    await bob.page.locator('.items-grid .item').first().waitFor()
    const had = await bob.credits()
    await bob.click('begin-trade')
    await bob.at('offer-form').locator('fieldset').first().locator('input').fill('12.34')
    await bob.at('offer-form').locator('fieldset').last().getByTestId(`choose-${sku}`).click()
    await bob.picture('trade-offer', { whole: true })
    await bob.click('offer')
    await bob.page.waitForURL(`${server.url}/trading`)
    await credits(bob).toBe(had - 1_234)
    const before = await ann.credits()
    await go(ann, '/trading')
    await ann.click('accept-trade')
    await credits(ann).toBe(before + 1_234)
    await ann.picture('trades')
    await go(bob, '/items')
    await bob.at(`item-${sku}`).waitFor()
  })

  test('money is paid in on the provider’s page and stands in the wallet', async () => {
    await signUp(ann, 'ann@example.org')
    await go(ann, '/wallet')
    const payIn = ann.at('pay-in')
    await payIn.locator('[name=amount]').fill('25')
    await payIn.locator('button[type=submit]').click()
    await expect.poll(() => ann.at('pay-in-refused').textContent(), soon).toMatch(/date of birth/)
    const person = ann.at('person-form')
    await person.locator('[name=birthDate]').fill('1990-02-28')
    await person.locator('[name=country]').selectOption('DE')
    await person.locator('button[type=submit]').click()
    await expect.poll(() => ann.at('person-standing').textContent(), soon).toBe('You may use real money.')
    const paying = ann.page.waitForEvent('popup')
    await payIn.locator('button[type=submit]').click()
    const provider = await paying
    await provider.getByRole('button', { name: 'Approve', exact: true }).click()
    await provider.close()
    await expect.poll(() => ann.at('purse-USD').textContent(), soon).toMatch(/\$25\.00/)
    await ann.page.reload()
    await expect.poll(() => ann.at('payment').getAttribute('data-state'), soon).toBe('paid')
    await ann.picture('wallet', { whole: true })
    const payOut = ann.at('pay-out')
    await payOut.locator('[name=amount]').fill('5')
    await payOut.locator('[name=target]').fill('DE02 1203 0000 0000 2020 51')
    await payOut.locator('button[type=submit]').click()
    await ann.at('confirm').locator('[name=password]').fill(PASSWORD)
    await ann.at('confirm').locator('button[type=submit]').click()
    await expect.poll(() => ann.at('pay-out-refused').textContent(), soon).toMatch(/Prove who you are/)
    const proving = ann.page.waitForEvent('popup')
    await ann.at('proof').locator('button[type=submit]').click()
    const checked = await proving
    await checked.getByRole('button', { name: 'Approve', exact: true }).click()
    await checked.close()
    await ann.page.reload()
    await payOut.locator('[name=amount]').fill('5')
    await payOut.locator('[name=target]').fill('DE02 1203 0000 0000 2020 51')
    await payOut.locator('button[type=submit]').click()
    await expect.poll(() => ann.page.locator('[data-testid=payment][data-state=waiting]').count(), soon).toBe(1)
  })

  test('the staff lets a withdrawal go, and the provider’s books agree with the ledger', async () => {
    await signUp(bob, 'bob@example.org')
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(
      `update app_user set roles = '{player,admin}' where id = (select user_id from person where email like 'bob%')`,
    )
    await client.end()
    await go(bob, '/account')
    await bob.click('sign-out')
    await bob.page.waitForURL(`${server.url}/`)
    await go(bob, '/account')
    const signIn = bob.at('sign-in')
    await signIn.locator('[name=email]').fill('bob@example.org')
    await signIn.locator('[name=password]').fill(PASSWORD)
    await signIn.locator('button[type=submit]').click()
    await bob.page.waitForURL(`${server.url}/`)
    await go(bob, '/staff/payments')
    await bob.at('waiting-withdrawal').waitFor()
    await bob.picture('staff-payments', { whole: true })
    await bob.click('approve-withdrawal')
    await expect.poll(() => bob.at('waiting-withdrawal').count(), soon).toBe(0)
    await expect
      .poll(async () => {
        await go(ann, '/wallet')
        await ann.at('payment').first().waitFor()
        return ann.at('payment').first().getAttribute('data-state')
      }, soon)
      .toBe('paid')
    await go(bob, '/staff/payments')
    await bob.click('reconcile')
    await expect.poll(() => bob.at('reconciled').getAttribute('data-ok'), soon).toBe('true')
  })

  test('every page of it is found, also by whoever comes from outside', async () => {
    for (const path of ['/market', '/market/mine', '/market/play:item:dime', '/trading', '/wallet', '/u/somebody']) {
      const { status, headers } = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } })
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8'])
    }
    expect([...ann.complaints, ...bob.complaints].filter((each) => !/40[0-9]/.test(each))).toEqual([])
  })

  test('the ledger holds after all of it', async () => {
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})
