import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { hasChromium, openBrowser } from './chromium.ts'

describe.skipIf(!hasChromium)('the tests’ Chromium', () => {
  const server = createServer((_request, response) => response.end('<title>a page</title><h1>drawn</h1>')).listen(
    0,
    '127.0.0.1',
  )
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('shows a page in the size asked for, and shares nothing with another one', async () => {
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const [phone, desk] = await Promise.all([
      openBrowser({ width: 390, height: 844, reducedMotion: true }),
      openBrowser(),
    ])
    const page = await phone.context.newPage()
    await page.goto(address)
    expect(await page.title()).toBe('a page')
    expect(await page.evaluate(() => innerWidth)).toBe(390)
    expect(await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches)).toBe(true)
    await page.evaluate(() => localStorage.setItem('who', 'phone'))
    const other = await desk.context.newPage()
    await other.goto(address)
    expect(await other.evaluate(() => localStorage.getItem('who'))).toBe(null)
    await Promise.all([phone.close(), desk.close()])
  })
})
