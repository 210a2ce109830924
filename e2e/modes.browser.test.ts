import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { battleModes } from '../schema/battle-mode.ts'
import type { BattleDetail, BoxItems } from '../schema/http.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

let database: TestDatabase
let server: Server
let browser: Browser
let ann: Visitor

const soon = { timeout: 20_000, interval: 20 }
const phase = (who = ann) => expect.poll(() => who.phase(), soon)
/** With the key of one that is in no list. */
const battleOf = (who = ann) => /\/b\/([0-9a-f-]{36}(?:~[\w-]{22})?)$/.exec(who.page.url())?.[1] ?? ''
const detailOf = async (battle: string) =>
  (await (await fetch(`${server.url}/battles/${battle}`)).json()) as BattleDetail
const freeSeats = () => ann.page.locator('[data-testid^="call-bot-"]')

type Wanted = Readonly<{ boxes?: readonly string[]; mode?: string; sides?: string; on?: readonly string[] }>

/** Puts a battle together on the lobby's page. `slide` moves sliders by their test ids. */
async function draft({ boxes = ['pocket-change', 'garden-shed'], mode, sides, on = [] }: Wanted, slide: object = {}) {
  await ann.page.goto(server.url)
  for (const box of boxes) await ann.click(`add-box-${box}`)
  if (mode !== undefined) await ann.click(`mode-${mode}`)
  if (sides !== undefined) await ann.click(`sides-${sides}`)
  for (const [slider, value] of Object.entries(slide)) await ann.at(slider).fill(String(value))
  for (const option of on) await ann.page.locator(`label:has([data-testid="${option}"])`).click()
}

async function create(wanted: Wanted, slide?: object): Promise<string> {
  await draft(wanted, slide)
  await ann.click('create-battle')
  await phase().toBe('waiting')
  return battleOf()
}

async function callBots(): Promise<void> {
  for (let free = await freeSeats().count(); free > 0; free--) {
    await freeSeats().first().click()
    await expect.poll(() => freeSeats().count(), soon).toBeLessThan(free)
  }
}

async function isVerified(): Promise<void> {
  await phase().toBe('settled')
  await ann.click('verify')
  await expect.poll(() => ann.at('verify-verdict').getAttribute('data-ok'), soon).toBe('true')
}

describe.skipIf(!hasChromium)('every mode and option', () => {
  beforeAll(async () => {
    database = await createDatabase()
    const env = { REVEAL_MS: '250', FAST_REVEAL_MS: '60', ENTROPY_PERIOD_MS: '150', DATABASE_URL: database.url }
    const starting = startServer({ env })
    browser = await openBrowser()
    server = await starting
    ann = await visit(browser.context, server.url)
  }, 120_000)

  afterEach(() => expect(ann.complaints).toEqual([]))

  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await database?.drop()
  })

  test.each(battleModes.map((mode, i) => [mode, ['1v1', '1v1v1', '2v2', '2v2v2', '1v1v1v1', '1v1'][i % 6]!] as const))(
    '%s, %s, is created, played and verified in the page',
    async (mode, sides) => {
      await create({ mode, sides })
      expect(await ann.at('mode-badge').getAttribute('data-mode')).toBe(mode)
      await callBots()
      await isVerified()
      await ann.picture(`mode-${mode}`, { whole: true })
    },
  )

  test('a rematch has all options of the battle before, also after a reload', async () => {
    const battle = await create(
      { sides: '3v3', mode: 'terminal', on: ['option-fast', 'unlisted'] },
      { 'option-sponsor': 50 },
    )
    expect(await ann.page.locator('.phase time').textContent()).toMatch(/^(15:00|14:\d\d)$/)
    await callBots()
    await phase().toBe('settled')
    await ann.page.reload()
    await ann.click('rematch')
    await expect.poll(() => battleOf(), soon).not.toBe(battle)
    await phase().toBe('waiting')
    // Whoever sits there needs no key, and gets it to pass on.
    const [id, key] = battleOf().split('~')
    await ann.page.goto(`${server.url}/b/${id}`)
    await expect.poll(() => battleOf(), soon).toBe(`${id}~${key}`)
    expect((await fetch(`${server.url}/battles/${id}`)).status).toBe(404)
    const [before, again] = await Promise.all([battle, battleOf()].map(detailOf))
    const { mode, teamSize, sponsor, minLevel, borrowMax, rounds, unlisted, fast, revealMs } = before!
    expect(again).toMatchObject({ mode, teamSize, sponsor, minLevel, borrowMax, rounds, unlisted, fast, revealMs })
    expect([unlisted, fast, sponsor, teamSize]).toEqual([true, true, 50, 3])
    await ann.click('cancel')
    await phase().toBe('cancelled')
    expect(await ann.page.locator('.free-ring').count()).toBe(0)
    await ann.picture('battle-nobody-came')
  })

  test('what a player borrows is theirs to pay less and to win less', async () => {
    await create({ mode: 'jackpot' }, { 'option-borrow-max': 50, 'option-borrow': 25 })
    expect(await ann.at('seat-0').textContent()).toContain('25 % borrowed')
    await callBots()
    await isVerified()
    expect((await detailOf(battleOf())).proof.seats[0]).toMatchObject({ borrow: 25 })
  })

  test('the box says how many of a limited item are left; a battle that could open more pays its value instead', async () => {
    await ann.page.goto(server.url)
    await ann.page.getByText('60 left').waitFor()
    await ann.page.getByLabel('What is in Meteor Reserve').click()
    await expect.poll(() => ann.at('left-pocket-universe').textContent(), soon).toBe('60 left')
    await ann.picture('box-limited')
    await create({ boxes: ['meteor-reserve'] })
    await callBots()
    await phase().not.toBe('waiting')
    const left = async () => {
      const { prizes } = (await (await fetch(`${server.url}/boxes/meteor-reserve/items`)).json()) as BoxItems
      return Number(prizes.find(({ sku }) => sku === 'pocket-universe')?.left)
    }
    await isVerified()
    const { proof } = await detailOf(battleOf())
    expect(proof.limited).toEqual([{ sku: 'pocket-universe', reserved: 2 }])
    const won = proof.payouts.filter(({ seat, asset }) => asset.endsWith(':pocket-universe') && seat === 0).length
    expect(await left()).toBe(60 - won)
    expect(await ann.page.locator('[data-testid="stock-note"]').count()).toBe(0)
    await create({ boxes: Array.from({ length: 31 }, () => 'meteor-reserve'), on: ['option-fast'] })
    await callBots()
    await expect.poll(() => ann.at('stock-note').textContent(), soon).toContain('Pocket Universe')
    await isVerified()
    expect((await detailOf(battleOf())).proof.limited).toEqual([{ sku: 'pocket-universe', reserved: 0 }])
  })

  test('on a phone six seats show whole names and nothing is cut off', async () => {
    await ann.page.setViewportSize({ width: 390, height: 844 })
    await create({ sides: '1v1v1v1v1v1' })
    await callBots()
    await phase().not.toBe('waiting')
    const cut = await ann.page.evaluate(() =>
      [...document.querySelectorAll('.seat-who b, .seat-total')].filter(
        (each) => each.scrollWidth > each.clientWidth + 1,
      ),
    )
    expect(cut).toEqual([])
    await isVerified()
  })

  test('after all of that, the audit finds nothing wrong', async () => {
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})

describe.skipIf(!hasChromium)('a battle that drand decides', () => {
  test('says which round it waits for and when that is due, and that a late one still decides', async () => {
    const relays = { ENTROPY: 'drand', DRAND_URL: 'http://127.0.0.1:1' }
    const [late, page] = await Promise.all([startServer({ env: relays }), openBrowser()])
    try {
      const bob = await visit(page.context, late.url)
      await bob.click('add-box-pocket-change')
      await bob.click('create-battle')
      await phase(bob).toBe('waiting')
      await bob.click('call-bot-1')
      await phase(bob).toBe('drawing')
      const words = () => bob.at('drawing').textContent()
      await expect.poll(words, soon).toMatch(/drand round \d+.*due at .* in \d+ s/)
      const { proof } = (await (await fetch(`${late.url}/battles/${battleOf(bob)}`)).json()) as BattleDetail
      expect(await words()).toContain(String(proof.entropy!.round))
      await expect.poll(words, { timeout: 30_000, interval: 100 }).toContain('is late: it still decides')
      await bob.picture('battle-drand-late')
    } finally {
      await Promise.all([late.stop(), page.close()])
    }
  }, 90_000)
})
