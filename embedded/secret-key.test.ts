import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadSecretKey } from './secret-key.ts'

const data_dir = mkdtempSync(join(tmpdir(), 'rollingdrop-secret-'))
afterAll(() => rmSync(data_dir, { recursive: true, force: true }))

describe('the secret key', () => {
  test('is the one of the config when there is one', () => {
    expect(loadSecretKey({ secret_key: 'ab'.repeat(32), data_dir }).toString('hex')).toBe('ab'.repeat(32))
  })

  test('is otherwise made once, for its owner only', () => {
    const first = loadSecretKey({ secret_key: '', data_dir })
    expect(first).toHaveLength(32)
    expect(loadSecretKey({ secret_key: '', data_dir })).toEqual(first)
    expect(statSync(join(data_dir, 'secrets', 'secret-key')).mode & 0o777).toBe(0o600)
  })

  test('is refused when the file was damaged', () => {
    writeFileSync(join(data_dir, 'secrets', 'secret-key'), 'abc')
    expect(() => loadSecretKey({ secret_key: '', data_dir })).toThrow('64 hexadecimal digits')
  })
})
