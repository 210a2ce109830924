import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { RollingDropError } from '../../schema/errors.ts'

/** What a hash costs: memory in KiB and how often it is gone over (RFC 9106; OWASP: 19 MiB and twice at least). */
export type PasswordCost = Readonly<{ memory_kib: number; passes: number }>

export type PasswordLimits = PasswordCost &
  Readonly<{
    /** Hashes computed at once, each on a thread of its own: what a storm of sign-ins may take from everything else. */
    atOnce: number
    /** Callers that may wait for one. */
    waiting_max: number
  }>

const SALT_BYTES = 16
const TAG_BYTES = 32
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/

const compute = promisify(argon2)

/**
 * Password hashes by argon2id, as PHC strings. Work is bounded: past `atOnce` computations callers wait, past `waiting_max` they
 * hear `auth/busy`.
 */
export class Passwords {
  readonly #limits: PasswordLimits
  readonly #waiting: (() => void)[] = []
  #running = 0
  #nobodys: Promise<string> | undefined

  constructor(limits: PasswordLimits) {
    this.#limits = limits
  }

  /** Throws `auth/busy`. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES)
    const { memory_kib, passes } = this.#limits
    const tag = await this.#compute(password, salt, this.#limits)
    return `$argon2id$v=19$m=${memory_kib},t=${passes},p=1$${unpadded(salt)}$${unpadded(tag)}`
  }

  /**
   * Whether the password is the one of `hash`. Without a hash it takes as long and is false, so that the time does not tell
   * whether there is an account. Throws `auth/busy`.
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    const [, memory, passes, salt, tag] = PHC.exec(hash ?? (await this.#nobody())) ?? []
    if (salt === undefined || tag === undefined) throw new Error('a password hash in the database is not one of ours')
    const cost = { memory_kib: Number(memory), passes: Number(passes) }
    const computed = await this.#compute(password, Buffer.from(salt, 'base64'), cost)
    return timingSafeEqual(computed, Buffer.from(tag, 'base64')) && hash !== null
  }

  /** Whether a hash was made at another cost than today's and should be made anew while the password is at hand. */
  isOutdated(hash: string): boolean {
    const [, memory, passes] = PHC.exec(hash) ?? []
    return Number(memory) !== this.#limits.memory_kib || Number(passes) !== this.#limits.passes
  }

  /** The hash of a password nobody has. */
  #nobody(): Promise<string> {
    this.#nobodys ??= this.hash(randomBytes(SALT_BYTES).toString('hex'))
    this.#nobodys.catch(() => (this.#nobodys = undefined))
    return this.#nobodys
  }

  async #compute(password: string, nonce: Buffer, { memory_kib, passes }: PasswordCost): Promise<Buffer> {
    await this.#turn()
    try {
      const message = Buffer.from(password.normalize('NFKC'))
      return await compute('argon2id', {
        message,
        nonce,
        parallelism: 1,
        tagLength: TAG_BYTES,
        memory: memory_kib,
        passes,
      })
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  async #turn(): Promise<void> {
    if (this.#running < this.#limits.atOnce) return void this.#running++
    if (this.#waiting.length >= this.#limits.waiting_max) throw new RollingDropError('auth/busy')
    await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
