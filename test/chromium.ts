import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright-core'
import { requireService } from './services.ts'

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)

/** Whether Chromium is on this machine; a test file puts it into `describe.skipIf(!hasChromium)`. */
export const hasChromium = requireService('chromium', EXECUTABLE !== undefined)

/** Without these Chromium calls home at every start, which a closed network refuses many times over. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Browser = Readonly<{ context: BrowserContext; close: () => Promise<void> }>

type Look = Readonly<{ width?: number; height?: number; reducedMotion?: boolean }>

/** Opens a browser with a profile of its own: two of them are two people. Sizes in CSS pixels. Close it in `afterAll`. */
export async function openBrowser({ width = 1280, height = 800, reducedMotion = false }: Look = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'rollingdrop-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE ?? '',
    headless: true,
    args: FLAGS,
    viewport: { width, height },
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
  })
  const close = async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  }
  return { context, close }
}
