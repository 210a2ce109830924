import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../embedded/free-port.ts'
import { services } from './all.ts'
import { down, downAll, find, up } from './home.ts'
import { isRunning, kill, start, stop } from './process.ts'
import { redis } from './redis.ts'
import { hasService } from './shared.ts'

const WITHIN_MS = 10_000
/** Nobody's variable, so that the test starts its own also where the environment names one. */
const own = (service: (typeof services)[number]) => ({ ...service, variable: 'NOT_NAMED' })

let home: string
beforeAll(() => void (home = mkdtempSync(join(tmpdir(), 'rollingdrop-services-'))))
afterAll(async () => {
  await downAll(home)
  rmSync(home, { recursive: true })
})

describe.each(services)('$name', (service) => {
  test.skipIf(!hasService(service))(
    'starts once for all who ask, answers, and stops, each within 10 s',
    async () => {
      const began = performance.now()
      const [one, other] = await Promise.all([up(own(service), home), up(own(service), home)])
      expect(performance.now() - began).toBeLessThan(WITHIN_MS)
      expect(other).toBe(one)
      expect(await service.answers(one)).toBe(true)
      const running = find(service.name, home)!
      const stopping = performance.now()
      expect(await down(service.name, home)).toBe(true)
      expect(performance.now() - stopping).toBeLessThan(WITHIN_MS)
      expect(isRunning(running)).toBe(false)
      expect(existsSync(running.folder)).toBe(false)
      expect(await down(service.name, home)).toBe(false)
    },
    30_000,
  )
})

describe.skipIf(!hasService(redis))('any service', () => {
  test('that the environment names is used as it is', async () => {
    process.env['NAMED_BY_TEST'] = 'redis://elsewhere'
    expect(await up({ ...redis, variable: 'NAMED_BY_TEST' }, home)).toBe('redis://elsewhere')
    expect(find('redis', home)).toBeUndefined()
  })

  test('can be killed and started again at the same address', async () => {
    const folder = mkdtempSync(join(home, 'again-'))
    const first = await start(redis, { folder, port: await freePort() })
    await kill(first)
    expect(isRunning(first)).toBe(false)
    const second = await start(redis, { folder, port: first.port })
    expect(second.address).toBe(first.address)
    await stop(second)
  })

  test('that cannot start says why, with the end of what it printed', async () => {
    const folder = mkdtempSync(join(home, 'broken-'))
    const broken = {
      ...redis,
      launch: () => Promise.resolve({ command: 'redis-server', args: ['--no-such-option', 'x'] }),
    }
    await expect(start(broken, { folder, port: 1 })).rejects.toThrow(
      /redis does not start: it ended[\s\S]*no-such-option/,
    )
  })
})
