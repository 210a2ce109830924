import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Locator, Page } from 'playwright-core'

const SCREENSHOTS = join(import.meta.dirname, '..', 'test-results', 'screenshots')

/** Somebody in front of a browser of their own. */
export type Visitor = Readonly<{
  page: Page
  /** What the page complained about; a good visit leaves it empty. */
  complaints: string[]
  /** The one element with this test id. */
  at(testId: string): Locator
  click(testId: string): Promise<void>
  /** The credits that can be spent, in hundredths, as soon as the page knows them. */
  credits(): Promise<number>
  phase(): Promise<string | null>
  /** Keeps a picture of the page, the whole of it if wanted, for a person to look at. */
  picture(name: string, options?: Readonly<{ whole?: boolean }>): Promise<void>
  /** Presses Tab until the focus stands on the element; throws when it cannot be reached so. */
  tabTo(testId: string): Promise<void>
}>

const TABS_MAX = 150

/** Opens a page; the context's clipboard may be used. */
export async function visit(context: BrowserContext, url: string): Promise<Visitor> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: url })
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  const at = (testId: string) => page.getByTestId(testId)
  await page.goto(url)
  return {
    page,
    complaints,
    at,
    click: (testId) => at(testId).click(),
    async credits() {
      await page.locator('[data-testid="balance"][data-minor]').waitFor()
      return Number(await at('balance').getAttribute('data-minor'))
    },
    phase: () => at('battle-phase').getAttribute('data-phase'),
    async picture(name, { whole = false } = {}) {
      mkdirSync(SCREENSHOTS, { recursive: true })
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: whole })
    },
    tabTo: (testId) => tabTo(page, testId),
  }
}

async function tabTo(page: Page, testId: string): Promise<void> {
  const wanted = `[data-testid="${testId}"]`
  for (let i = 0; i < TABS_MAX; i++) {
    if (await page.evaluate((selector) => Boolean(document.activeElement?.closest(selector)), wanted)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no way to ${testId} by Tab`)
}
