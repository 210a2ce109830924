import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * The 32-byte key that signs tokens and encrypts seeds at rest: `SECRET_KEY`, or one made on the first start and kept in
 * `DATA_DIR/secrets` for its owner's eyes only. Losing it ends all sessions and makes running battles' seeds unreadable.
 */
export function loadSecretKey(config: Pick<Config, 'secret_key' | 'data_dir'>): Buffer {
  if (config.secret_key) return Buffer.from(config.secret_key, 'hex')
  const folder = join(config.data_dir, 'secrets')
  const file = join(folder, 'secret-key')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (!existsSync(file)) writeOnce(file, randomBytes(32).toString('hex'))
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== 32) throw new Error(`${file} does not hold 64 hexadecimal digits`)
  return key
}

/** Of two nodes started at once in one folder, both must end up with the same whole key: a link appears or fails, never halfway. */
function writeOnce(file: string, content: string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, content, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
}
