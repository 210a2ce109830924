import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { Sealer } from './seal.ts'
import { transaction } from './transaction.ts'

/** A key as others check tokens by it (RFC 7517, RFC 8037). */
export type PublicJwk = Readonly<{ kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' }>

/** A key as it is kept; times in unix ms. Nothing is worth anything that a key has signed which has ended. */
export type SigningKey = Readonly<{
  kid: string
  publicJwk: PublicJwk
  publicKey: KeyObject
  /** Undefined where it was sealed with another secret key than this node's: such a key only checks. */
  privateKey: KeyObject | undefined
  created_ms: number
  signs_from_ms: number
  ended_ms: number | null
}>

/** For so long a key is published before it signs: whoever keeps a copy of the published ones has it in time. */
export const PUBLISHED_MS = 300_000
/** Letters of a thumbprint that name a key. */
const KID_LENGTH = 22

type Row = Readonly<{
  kid: string
  public_key: string
  sealed_key: string
  created_ms: string
  signs_from_ms: string
  ended_ms: string | null
}>

/** The signing keys in Postgres, which all nodes share. */
export class SigningKeyStore {
  readonly #pool: Pool
  readonly #sealer: Sealer

  constructor(pool: Pool, sealer: Sealer) {
    this.#pool = pool
    this.#sealer = sealer
  }

  /** All that are kept, the one that signs last at the end. */
  async all(): Promise<readonly SigningKey[]> {
    return this.#read(this.#pool)
  }

  /** One more key when `isDue` says so of those there are; of several nodes that ask at once one makes it. */
  async rotate(now_ms: number, isDue: (keys: readonly SigningKey[]) => boolean): Promise<readonly SigningKey[]> {
    return this.#locked(async (client) => {
      const keys = await this.#read(client)
      if (!isDue(keys)) return keys
      // The first one has nobody to be made known to.
      const isFirst = signerAt(keys, now_ms) === undefined
      await this.#insert(client, now_ms, isFirst ? now_ms : now_ms + PUBLISHED_MS)
      return this.#read(client)
    })
  }

  /** Ends a key; where it was the one that signs, the next one does from now on. False when there is no such key. */
  async end(kid: string, now_ms: number): Promise<boolean> {
    return this.#locked(async (client) => {
      const { rowCount } = await client.query(
        'update signing_key set ended_ms = coalesce(ended_ms, $2) where kid = $1',
        [kid, now_ms],
      )
      const keys = await this.#read(client)
      const next = keys.find((key) => isUsable(key) && key.signs_from_ms > now_ms)
      if (signerAt(keys, now_ms) === undefined && next)
        await client.query('update signing_key set signs_from_ms = $2 where kid = $1', [next.kid, now_ms])
      if (signerAt(keys, now_ms) === undefined && !next) await this.#insert(client, now_ms, now_ms)
      return rowCount === 1
    })
  }

  async drop(kids: readonly string[]): Promise<void> {
    if (kids.length > 0) await this.#pool.query('delete from signing_key where kid = any($1)', [kids])
  }

  #locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return transaction(this.#pool, async (client) => {
      await client.query(`select pg_advisory_xact_lock(hashtextextended('signing keys', 0))`)
      return work(client)
    })
  }

  async #read(client: Pool | PoolClient): Promise<readonly SigningKey[]> {
    const { rows } = await client.query<Row>('select * from signing_key order by signs_from_ms, created_ms, kid')
    return rows.map((row) => this.#open(row))
  }

  #open({ kid, public_key: x, sealed_key, created_ms, signs_from_ms, ended_ms }: Row): SigningKey {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x } as const
    return {
      kid,
      publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
      publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
      privateKey: this.#unseal(kid, sealed_key),
      created_ms: Number(created_ms),
      signs_from_ms: Number(signs_from_ms),
      ended_ms: ended_ms === null ? null : Number(ended_ms),
    }
  }

  #unseal(kid: string, sealed: string): KeyObject | undefined {
    try {
      const der = Buffer.from(this.#sealer.open(sealed, contextOf(kid)), 'base64')
      return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    } catch {
      return undefined // Of another secret key: what it has signed is still checked.
    }
  }

  async #insert(client: PoolClient, now_ms: number, signs_from_ms: number): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const { x = '' } = publicKey.export({ format: 'jwk' })
    const kid = thumbprint(x).slice(0, KID_LENGTH)
    const der = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
    await client.query(
      'insert into signing_key(kid, public_key, sealed_key, created_ms, signs_from_ms) values ($1, $2, $3, $4, $5)',
      [kid, x, this.#sealer.seal(der, contextOf(kid)), now_ms, signs_from_ms],
    )
  }
}

/** The key that signs at `now_ms`; `keys` as `all` gives them. */
export function signerAt(keys: readonly SigningKey[], now_ms: number): SigningKey | undefined {
  return keys.findLast((key) => isUsable(key) && key.signs_from_ms <= now_ms)
}

/** From when on nothing can be left that a key has signed, unix ms: its successor signs since `ttl_ms`. Null while it has none. */
export function goneFrom(key: SigningKey, keys: readonly SigningKey[], ttl_ms: number): number | null {
  if (key.ended_ms !== null) return key.ended_ms + ttl_ms
  const successor = keys.find(
    (each) =>
      each.ended_ms === null &&
      each.signs_from_ms > key.signs_from_ms &&
      // Nodes with different secret keys sign with keys of their own.
      (each.privateKey === undefined) === (key.privateKey === undefined),
  )
  return successor === undefined ? null : successor.signs_from_ms + ttl_ms
}

export function isUsable({ privateKey, ended_ms }: SigningKey): boolean {
  return privateKey !== undefined && ended_ms === null
}

const contextOf = (kid: string) => `signing-key/${kid}`

/** RFC 7638. */
function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url')
}
