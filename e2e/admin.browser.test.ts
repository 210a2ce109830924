import { readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import type { BoxFile } from '../schema/box-admin.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { TestSmtp } from '../test/smtp.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

const EMAIL = 'staff@example.org'
const PASSWORD = 'nine blue herons'

let database: TestDatabase
let smtp: TestSmtp
let server: Server
let browsers: Browser[]
let ada: Visitor
let player: Visitor

const soon = { timeout: 20_000, interval: 20 }
const textOf = (who: Visitor, testId: string) => expect.poll(() => who.at(testId).textContent(), soon)

/** Makes an account by its mail, then a member of the staff of it, who signs in anew with the role. */
async function joinStaff(): Promise<void> {
  const { page, at } = ada
  await page.goto(`${server.url}/account`)
  const up = at('sign-up')
  await up.locator('[name=name]').fill('Ada of the Boxes')
  await up.locator('[name=email]').fill(EMAIL)
  await up.locator('[name=password]').fill(PASSWORD)
  await up.locator('button[type=submit]').click()
  await at('sign-up-sent').waitFor()
  await page.goto(`${server.url}/account/confirm#${await smtp.linkTo(EMAIL, 'Confirm your address')}`)
  await page.waitForURL(`${server.url}/`)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(`update app_user set roles = '{player,admin}' where name = 'Ada of the Boxes'`)
  await client.end()
  await page.goto(`${server.url}/account`)
  await ada.click('sign-out')
  await page.waitForURL(`${server.url}/`)
  await page.goto(`${server.url}/account`)
  const sign = at('sign-in')
  await sign.locator('[name=email]').fill(EMAIL)
  await sign.locator('[name=password]').fill(PASSWORD)
  await sign.locator('button[type=submit]').click()
  await page.waitForURL(`${server.url}/`)
}

async function fillPrize(
  at: number,
  { name, value, weight }: Readonly<{ name: string; value: string; weight: string }>,
) {
  const row = ada.at(`prize-${at}`)
  await row.getByLabel(/^Name of/).fill(name)
  await ada.at(`prize-value-${at}`).fill(value)
  await ada.at(`prize-weight-${at}`).fill(weight)
}

async function pickFile(name: string, content: string): Promise<void> {
  const path = join(tmpdir(), `rollingdrop-${process.pid}-${name}`)
  writeFileSync(path, content)
  await ada.at('import-boxes').setInputFiles(path)
}

describe.skipIf(!hasChromium)('the staff in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    smtp = await TestSmtp.start()
    const env = { DATABASE_URL: database.url, MAIL_URL: smtp.url, BOX_REPORT_DRAWS: '1000000' }
    const starting = startServer({ env })
    browsers = await Promise.all([openBrowser({ height: 900 }), openBrowser({ width: 390, height: 844 })])
    server = await starting
    const [one, two] = await Promise.all(browsers.map(({ context }) => visit(context, server.url)))
    ada = one!
    player = two!
    await joinStaff()
  }, 120_000)

  afterAll(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()))
    await server?.stop()
    await smtp?.close()
    await database?.drop()
  })

  test('who does not belong to it finds no way in', async () => {
    await player.page.goto(`${server.url}/staff`)
    await textOf(player, 'admin-closed').toMatch(/for the staff/)
    expect(await player.at('to-admin').count()).toBe(0)
  })

  test('one of the staff makes a box, sees its odds as they type, reports on it, publishes it, and players have it', async () => {
    await ada.click('to-admin')
    await ada.at('admin-boxes').waitFor()
    expect(await ada.at('admin-boxes').locator('tbody tr').count()).toBe(8)
    await ada.picture('admin-boxes')
    await ada.at('new-box-id').fill('attic-trunk')
    await ada.click('new-box')
    await ada.at('box-name').fill('Attic Trunk')
    await ada.at('box-price').fill('5')
    await fillPrize(0, { name: 'Moth-eaten Coat', value: '1.20', weight: '700' })
    await fillPrize(1, { name: 'Brass Sextant', value: '9,50', weight: '250' })
    await ada.click('add-prize')
    await fillPrize(2, { name: 'Signed Portrait', value: '60', weight: '50' })
    await textOf(ada, 'live-return').toBe('124.30%')
    await expect.poll(() => ada.at('issues').textContent(), soon).toMatch(/124\.3 % of the price comes back/)
    expect(await ada.at('begin-report').isDisabled()).toBe(false)
    await ada.picture('admin-issues')
    await ada.at('prize-weight-2').fill('20')
    await ada.at('prize-value-1').fill('7.00')
    await textOf(ada, 'live-value').toMatch(/3\.90|3\.91/)
    await textOf(ada, 'prize-chance-2').toBe('2.1%')
    expect(
      await ada
        .at('prize-0')
        .getByLabel(/^Item of/)
        .inputValue(),
    ).toBe('moth-eaten-coat')
    await ada.click('sort-value')
    expect(
      await ada
        .at('prize-0')
        .getByLabel(/^Name of/)
        .inputValue(),
    ).toBe('Signed Portrait')
    await textOf(ada, 'not-yet').toMatch(/Save the draft first/)
    await ada.click('begin-report')
    await expect
      .poll(() => ada.at('report-verdict').getAttribute('data-agrees'), { ...soon, timeout: 60_000 })
      .toBe('true')
    await ada.at('histogram').waitFor()
    await ada.picture('admin-report', { whole: true })
    await player.page.goto(`${server.url}/open`)
    await player.at('open-garden-shed').waitFor()
    await ada.click('publish')
    await player.at('open-attic-trunk').waitFor()
    await expect.poll(() => ada.at('standing').first().getAttribute('data-state'), soon).toBe('offered')
    await expect.poll(() => ada.at('versions').locator('> li').count(), soon).toBe(1)
    await player.page.goto(`${server.url}/open/attic-trunk`)
    await player.page.getByText('Signed Portrait').first().waitFor()
    expect(ada.complaints.filter((each) => !/40[19]/.test(each))).toEqual([])
  })

  test('two who work on one draft are told of each other, and the next version shows what it changes', async () => {
    const colleague = await browsers[0]!.context.newPage()
    await colleague.goto(`${server.url}/staff/boxes/attic-trunk`)
    await colleague.getByTestId('box-name').fill('Attic Chest')
    await ada.page.bringToFront()
    await ada.at('box-price').fill('5.10')
    await ada.click('save-draft')
    await textOf(ada, 'draft-state').toMatch(/revision/)
    await colleague.getByTestId('save-draft').click()
    await colleague.getByTestId('overtaken').waitFor()
    await colleague.getByRole('button', { name: 'Keep mine on top' }).click()
    await colleague.getByTestId('save-draft').click()
    await expect.poll(() => colleague.getByTestId('draft-state').textContent(), soon).toMatch(/saved, revision/)
    await colleague.close()
    await ada.page.reload()
    await expect.poll(() => ada.at('box-name').inputValue(), soon).toBe('Attic Chest')
    await ada.click('begin-report')
    await expect.poll(() => ada.at('report-verdict').count(), { ...soon, timeout: 60_000 }).toBe(1)
    await ada.click('publish')
    await expect.poll(() => ada.at('versions').locator('> li').count(), soon).toBe(2)
    await textOf(ada, 'versions').toMatch(/Name: Attic Trunk → Attic Chest/)
    await ada.picture('admin-versions', { whole: true })
  })

  test('a box is planned to be retired, kept after all, then retired; boxes leave and come back as files', async () => {
    await ada.page.getByText('Retire', { exact: true }).click()
    await ada.at('retire-at').fill('2099-01-01T12:00')
    await ada.click('retire')
    await textOf(ada, 'planned').toMatch(/retired/)
    await ada.click('unschedule')
    await expect.poll(() => ada.at('planned').count(), soon).toBe(0)
    await ada.at('retire-at').fill('')
    await ada.click('retire')
    await expect.poll(() => ada.at('standing').first().getAttribute('data-state'), soon).toBe('retired')
    await ada.page.goto(`${server.url}/staff/boxes`)
    const downloading = ada.page.waitForEvent('download')
    await ada.click('export-boxes')
    const file = JSON.parse(readFileSync(await (await downloading).path(), 'utf8')) as BoxFile
    expect(file.boxes.some(({ id }) => id === 'attic-trunk')).toBe(false)
    await pickFile('bad.json', '{"format":"something else"}')
    await ada.page.getByText('The request does not have the expected shape.').first().waitFor()
    await pickFile('good.json', JSON.stringify({ ...file, boxes: [{ ...file.boxes[0]!, id: 'twin' }] }))
    await ada.at('import-plan').waitFor()
    await ada.click('import-now')
    await ada.at('admin-box-twin').waitFor()
    await ada.page.setViewportSize({ width: 390, height: 844 })
    await ada.picture('admin-boxes-phone')
    await ada.page.goto(`${server.url}/staff/boxes/twin`)
    await ada.at('prizes').waitFor()
    const widths = await ada.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(widths[0]).toBe(widths[1])
    await ada.picture('admin-editor-phone', { whole: true })
    await ada.click('begin-report')
    await expect
      .poll(() => ada.at('report-verdict').getAttribute('data-agrees'), { ...soon, timeout: 60_000 })
      .toBe('true')
    await ada.at('histogram').scrollIntoViewIfNeeded()
    await ada.picture('admin-report-phone')
    await ada.page.setViewportSize({ width: 1280, height: 900 })
    await ada.at('histogram').scrollIntoViewIfNeeded()
    await ada.picture('admin-report-many')
  })

  test('the ledger holds after all of it', async () => {
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})
