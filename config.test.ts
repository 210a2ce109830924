import { describe, expect, test } from 'vitest'
import { loadConfig, settings } from './config.ts'
import { shown, type Setting } from './config/setting.ts'

describe('loadConfig', () => {
  test('gives every default when the environment says nothing', () => {
    const config = loadConfig({})
    expect(config.port).toBe(3000)
    expect(config.faucet_credits).toBe(100_000)
    expect(config.trusted_proxies).toEqual([])
  })

  test('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '' }).port).toBe(3000)
  })

  test('reads numbers, lists and switches from text', () => {
    const config = loadConfig({ PORT: '0', REVEAL_MS: '1_500', TRUSTED_PROXIES: '10.0.0.0/8, ::1', DEV_PAGES: 'on' })
    expect(config).toMatchObject({ port: 0, reveal_ms: 1500, trusted_proxies: ['10.0.0.0/8', '::1'], dev_pages: true })
  })

  test.each([
    ['PORT', '70000', 'PORT (TCP port): "70000" is not allowed; it must be a whole number from 0 to 65535'],
    ['REVEAL_MS', '3.5', 'REVEAL_MS (ms): "3.5" is not allowed; it must be a whole number from 0 to 60000'],
    ['REVEAL_MS', '-1', 'must be a whole number from 0'],
    ['DATABASE_URL', 'mysql://x', 'empty, or a URL that begins with postgres:// or postgresql://'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug'],
    ['TRUSTED_PROXIES', 'everyone', 'IP addresses or CIDR ranges'],
    ['DEV_PAGES', 'yes', 'on or off'],
  ])('refuses %s=%s and says what is allowed', (name, value, message) => {
    expect(() => loadConfig({ [name]: value })).toThrow(message)
  })

  test('names every bad value at once, and no secret', () => {
    const read = () => loadConfig({ PORT: 'x', SECRET_KEY: 'my dear key' })
    expect(read).toThrow(/PORT .*\nSECRET_KEY .*64 hexadecimal/)
    expect(read).not.toThrow(/my dear key/)
  })
})

describe('the table of settings', () => {
  test.each(Object.entries(settings))(
    '%s has a default that its own type allows',
    (name, setting: Setting<unknown>) => {
      const value = Array.isArray(setting.default) ? setting.default.join(',') : String(setting.default)
      const given = typeof setting.default === 'boolean' ? (setting.default ? 'on' : 'off') : value
      expect(() => loadConfig({ [name]: given })).not.toThrow()
      expect(setting.why).toMatch(/\.$/)
    },
  )

  test('is printed without secrets', () => {
    expect(shown(settings.SECRET_KEY, 'ab'.repeat(32))).toBe('(hidden)')
    expect(shown(settings.DATABASE_URL, 'postgres://me:secret@db/x')).toBe('postgres://me:***@db/x')
  })
})
