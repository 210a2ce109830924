import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type Server } from '../loadtest/server.ts'
import { hasChromium, openBrowser, type Browser } from '../test/chromium.ts'
import { createDatabase, type TestDatabase } from '../test/database.ts'
import { marksOf, watchMarks } from './reel-marks.ts'
import { audit } from './server-process.ts'
import { visit, type Visitor } from './visitor.ts'

const CREDITS = 100_000
/** Long enough for reels to spin, and to reload in between. */
const REVEAL_MS = 900

let database: TestDatabase
let server: Server
let browsers: Browser[]
let ann: Visitor
let bob: Visitor

const soon = { timeout: 20_000, interval: 20 }
/** All reels stood on what their seats were given, as far as they were watched. */
async function marksAreRight(who: Visitor): Promise<void> {
  const { right, wrong } = await marksOf(who)
  expect(wrong).toEqual([])
  expect(right).toBeGreaterThan(0)
}

const phase = (who: Visitor) => expect.poll(() => who.phase(), soon)
const credits = (who: Visitor) => expect.poll(() => who.credits(), soon)
const battleOf = (who: Visitor) => /\/b\/([0-9a-f-]{36})$/.exec(who.page.url())?.[1] ?? ''
const winnerSeat = (who: Visitor) => who.at('winner').getAttribute('data-seat')

/** Puts a battle together on the lobby's page and creates it; returns its id. */
async function create(who: Visitor, boxes: readonly string[], seats = 2): Promise<string> {
  await who.page.goto(server.url)
  for (const box of boxes) await who.click(`add-box-${box}`)
  await who.click(`seats-${seats}`)
  await who.click('create-battle')
  await phase(who).toBe('waiting')
  return battleOf(who)
}

describe.skipIf(!hasChromium)('in the page', () => {
  beforeAll(async () => {
    database = await createDatabase()
    const env = {
      REVEAL_MS: String(REVEAL_MS),
      ENTROPY_PERIOD_MS: '300',
      FAUCET_CREDITS: String(CREDITS),
      DATABASE_URL: database.url,
    }
    const starting = startServer({ env })
    browsers = await Promise.all([openBrowser(), openBrowser()])
    server = await starting
    const [one, two] = await Promise.all(browsers.map(({ context }) => visit(context, server.url)))
    ann = one!
    bob = two!
  }, 120_000)

  afterEach(() => {
    expect([...ann.complaints, ...bob.complaints]).toEqual([])
  })

  afterAll(async () => {
    await Promise.all((browsers ?? []).map((browser) => browser.close()))
    await server?.stop()
    await database?.drop()
  })

  test('two guests play a battle, see the same, verify it, and the winner sells', async () => {
    for (const who of [ann, bob]) {
      await expect.poll(() => who.at('user-name').textContent(), soon).toMatch(/^\w+( \w+)+$|^\w+$/)
      await credits(who).toBe(CREDITS)
      await expect.poll(() => who.at('balance').textContent(), soon).toBe('1,000.00')
    }
    expect(await ann.at('user-name').textContent()).not.toBe(await bob.at('user-name').textContent())
    await ann.picture('lobby-empty')
    // So many that a slow machine has not seen the last round when it has taken its pictures.
    const boxes = [
      'pocket-change',
      'garden-shed',
      'pocket-change',
      'night-market',
      ...Array<string>(4).fill('pocket-change'),
    ]
    const price = 250 + 500 + 250 + 1000 + 4 * 250
    for (const box of boxes) await ann.click(`add-box-${box}`)
    await ann.picture('lobby-draft')
    await ann.click('seats-2')
    await ann.click('create-battle')
    await phase(ann).toBe('waiting')
    const battle = battleOf(ann)
    await credits(ann).toBe(CREDITS - price)
    await ann.picture('battle-waiting')
    // Bob has had the lobby open all the time: the battle comes to him.
    const row = bob.page.locator(`[data-testid="battle-row"][data-battle="${battle}"]`)
    await row.waitFor()
    await bob.picture('lobby-with-battle')
    await row.getByTestId('join').click()
    await Promise.all([ann, bob].map((who) => phase(who).toBe('drawing')))
    await ann.picture('battle-drawing')
    await Promise.all([ann, bob].map((who) => phase(who).toBe('revealing')))
    await Promise.all([ann, bob].map((who) => who.page.evaluate(watchMarks)))
    await Promise.all([ann, bob].map((who) => who.page.locator('[data-stage="land"]').first().waitFor()))
    await Promise.all([ann.picture('battle-spinning'), bob.picture('battle-spinning-other')])
    await ann.picture('battle-later-round')
    await Promise.all([ann, bob].map((who) => phase(who).toBe('settled')))
    await Promise.all([ann, bob].map(marksAreRight))
    const seat = await winnerSeat(ann)
    expect(await winnerSeat(bob)).toBe(seat)
    for (const total of ['total-0', 'total-1', 'pot'])
      expect(await ann.at(total).textContent()).toBe(await bob.at(total).textContent())
    await Promise.all([credits(ann).toBe(CREDITS - price), credits(bob).toBe(CREDITS - price)])
    const [winner, loser] = seat === '0' ? [ann, bob] : [bob, ann]
    expect(await winner.at('winner').getAttribute('data-mine')).toBe('true')
    await loser.at('lost').waitFor()
    for (const who of [ann, bob]) {
      await who.page.locator(`[data-testid="feed-item"][data-type="drop"] a[href="/b/${battle}"]`).first().waitFor()
      await who.click('verify')
      for (const stage of ['seed', 'randomness', 'game', 'payout'])
        await expect.poll(() => who.at(`verify-stage-${stage}`).getAttribute('data-ok'), soon).toBe('true')
    }
    for (const who of [ann, bob]) await who.page.evaluate(() => scrollTo(0, 0))
    await Promise.all([winner.picture('battle-won', { whole: true }), loser.picture('battle-lost', { whole: true })])
    const pot = Math.round(Number((await winner.at('pot').textContent())!.replaceAll(',', '')) * 100)
    await winner.click('sell-all')
    await credits(winner).toBe(CREDITS - price + pot)
    await expect.poll(() => winner.at('sell-all').textContent(), soon).toBe('All sold')
    await credits(loser).toBe(CREDITS - price)
    await winner.picture('battle-sold')
  })

  test('a rematch is one click, its link brings the other, and a reload in the middle loses nothing', async () => {
    const before = battleOf(ann)
    await ann.click('rematch')
    await expect.poll(() => battleOf(ann), soon).not.toBe(before)
    await phase(ann).toBe('waiting')
    await ann.click('share')
    await ann.page.getByText('Link copied').waitFor()
    const link = await ann.page.evaluate(() => navigator.clipboard.readText())
    expect(link).toBe(ann.page.url())
    await bob.page.goto(link)
    await bob.picture('battle-by-link')
    await bob.click('join-seat-1')
    await phase(ann).toBe('revealing')
    await ann.page.locator('[data-testid="seat-0"] .seat-drops li').first().waitFor()
    await ann.page.reload()
    await phase(ann).toBe('revealing')
    await ann.page.evaluate(watchMarks)
    expect(await ann.page.locator('[data-testid="seat-0"] .seat-drops li').count()).toBeGreaterThan(0)
    await ann.picture('battle-reloaded')
    await Promise.all([ann, bob].map((who) => phase(who).toBe('settled')))
    await marksAreRight(ann)
    expect(await winnerSeat(ann)).toBe(await winnerSeat(bob))
    const settled = await Promise.all(['total-0', 'total-1'].map((total) => ann.at(total).textContent()))
    await ann.page.reload()
    await phase(ann).toBe('settled')
    expect(await Promise.all(['total-0', 'total-1'].map((total) => ann.at(total).textContent()))).toEqual(settled)
  })

  test('a battle that is cancelled is refunded; a bot takes a seat when called', async () => {
    const [had, price] = [await ann.credits(), 250]
    await create(ann, ['pocket-change'])
    await credits(ann).toBe(had - price)
    await ann.click('cancel')
    await phase(ann).toBe('cancelled')
    await credits(ann).toBe(had)
    await ann.picture('battle-cancelled')
    await create(ann, ['pocket-change'], 3)
    await ann.click('call-bot-2')
    await ann.at('seat-2').getByText('Bot').first().waitFor()
    await ann.click('call-bot-1')
    await phase(ann).toBe('settled')
    await credits(ann).toBe(had - price)
    await ann.picture('battle-with-bots')
  })

  test('the keyboard alone creates a battle and joins one', async () => {
    await Promise.all([ann, bob].map((who) => who.page.goto(server.url)))
    await ann.tabTo('add-box-garden-shed')
    await ann.page.keyboard.press('Enter')
    await ann.picture('keyboard-focus')
    await ann.tabTo('seats-2')
    await ann.page.keyboard.press('ArrowRight')
    await ann.page.keyboard.press('ArrowLeft')
    await ann.tabTo('create-battle')
    await ann.page.keyboard.press('Enter')
    await phase(ann).toBe('waiting')
    await bob.page.locator(`[data-testid="battle-row"][data-battle="${battleOf(ann)}"]`).waitFor()
    await bob.tabTo('join')
    await bob.page.keyboard.press('Enter')
    await Promise.all([ann, bob].map((who) => phase(who).toBe('settled')))
    await bob.tabTo('verify')
    await bob.page.keyboard.press('Space')
    await expect.poll(() => bob.at('verify-verdict').getAttribute('data-ok'), soon).toBe('true')
  })

  test('with reduced motion a result stands there at once, and nothing moves', async () => {
    await ann.page.emulateMedia({ reducedMotion: 'reduce' })
    await create(ann, ['pocket-change', 'pocket-change'])
    await ann.click('call-bot-1')
    await phase(ann).toBe('revealing')
    const moved = await ann.page.evaluate(watchForMotion)
    expect(moved).toEqual({ spun: false, shown: true, animations: [] })
    await ann.picture('battle-reduced-motion')
    await phase(ann).toBe('settled')
    expect(await ann.page.locator('.confetti').count()).toBe(0)
    await ann.page.emulateMedia({ reducedMotion: 'no-preference' })
  })

  test('on a phone no page scrolls sideways, and a battle can be played', async () => {
    await ann.page.setViewportSize({ width: 360, height: 800 })
    const battle = await create(ann, ['pocket-change', 'garden-shed', 'night-market'], 6)
    await isNarrow(ann, 'battle-waiting')
    for (const seat of [1, 2, 3, 4, 5]) await ann.click(`call-bot-${seat}`)
    await phase(ann).toBe('revealing')
    await isNarrow(ann, 'battle-revealing')
    await phase(ann).toBe('settled')
    await isNarrow(ann, 'battle-settled')
    await ann.page.goto(server.url)
    await ann.click('add-box-pocket-change')
    await isNarrow(ann, 'lobby')
    await ann.page.locator('nav.tab-bar button').click()
    await isNarrow(ann, 'feed')
    for (const [path, title] of [
      ['items', 'Your items'],
      ['history', 'History'],
      ['rules', ''],
      [`verify?battle=${battle}`, 'Verify a battle'],
    ] as const) {
      await ann.page.goto(`${server.url}/${path}`)
      await ann.page.locator('main h1', { hasText: title }).first().waitFor()
      await credits(ann).toBeGreaterThan(0)
      await isNarrow(ann, path.split('?')[0]!)
    }
    await ann.click('verify')
    await expect.poll(() => ann.at('verify-verdict').getAttribute('data-ok'), soon).toBe('true')
    await isNarrow(ann, 'verified')
  })

  test('a wrong address gets a page that leads back', async () => {
    const answer = await ann.page.goto(`${server.url}/nowhere/at/all`)
    expect(answer?.status()).toBe(404)
    await ann.page.getByRole('heading', { name: 'Nothing here' }).waitFor()
    await isNarrow(ann, 'nowhere')
    ann.complaints.length = 0 // The browser reports the 404 itself.
    await ann.page.goto(`${server.url}/b/00000000-0000-7000-8000-000000000000`)
    await ann.at('battle-problem').waitFor()
    await isNarrow(ann, 'battle-unknown')
    ann.complaints.length = 0
  })

  test('after all of that, the audit finds nothing wrong', async () => {
    expect(await audit({ DATABASE_URL: database.url })).toMatchObject({ audit: 'ok' })
  })
})

async function isNarrow(who: Visitor, name: string): Promise<void> {
  await who.page.evaluate(() => scrollTo(0, 0))
  await who.picture(`phone-${name}`, { whole: true })
  expect(await who.page.evaluate(() => document.documentElement.scrollWidth), name).toBe(360)
}

/** Runs in the page: watches the first round until its item is shown. */
async function watchForMotion(): Promise<{ spun: boolean; shown: boolean; animations: string[] }> {
  const until = performance.now() + 3_000
  const animations = new Set<string>()
  let spun = false
  for (; performance.now() < until; await new Promise((resolve) => requestAnimationFrame(resolve))) {
    spun ||= document.querySelector('.reel-strip') !== null
    for (const animation of document.getAnimations()) {
      const { duration } = animation.effect?.getComputedTiming() ?? {}
      if (typeof duration === 'number' && duration > 20 && animation instanceof CSSAnimation)
        animations.add(animation.animationName)
    }
    if (document.querySelector('.seat-drops li')) return { spun, shown: true, animations: [...animations] }
  }
  return { spun, shown: false, animations: [...animations] }
}
