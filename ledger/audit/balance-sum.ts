import { createHmac, randomBytes } from 'node:crypto'
import type { Row } from '../postgres/statement.ts'

const MODULUS = 2n ** 256n

/**
 * Sums over balances, by which it is seen that balances follow from chunk to chunk without keeping any of them: what was put in
 * and taken out is the same exactly when the sums are (a multiset hash: HMAC-SHA-256 under a key of this run, added up). A
 * balance of 0 counts as none.
 */
export class BalanceSums {
  readonly #key = randomBytes(32)

  of(account: number, balance: bigint): bigint {
    if (balance === 0n) return 0n
    return BigInt(`0x${createHmac('sha256', this.#key).update(`${account} ${balance}`).digest('hex')}`)
  }

  /** Of rows (account, balance). */
  ofRows(rows: readonly Row[]): bigint {
    return rows.reduce((sum, [account, balance]) => this.plus(sum, this.of(Number(account), BigInt(balance!))), 0n)
  }

  plus(sum: bigint, other: bigint): bigint {
    return (sum + other) % MODULUS
  }
}
