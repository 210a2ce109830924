import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeOnce } from './write-once.ts'

/**
 * The 32-byte key that signs tokens and encrypts seeds at rest: the `secret_key` of the config (hex), or when that is empty one
 * made on the first start and kept in `data_dir/secrets`. Losing it ends all sessions and makes running battles' seeds unreadable.
 */
export function loadSecretKey(config: Readonly<{ secret_key: string; data_dir: string }>): Buffer {
  if (config.secret_key) return Buffer.from(config.secret_key, 'hex')
  const folder = join(config.data_dir, 'secrets')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'secret-key')
  const key = Buffer.from(writeOnce(file, () => randomBytes(32).toString('hex')).trim(), 'hex')
  if (key.length !== 32) throw new Error(`${file} does not hold 64 hexadecimal digits`)
  return key
}
