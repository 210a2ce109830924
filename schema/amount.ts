declare const amount: unique symbol

/** An amount of one asset in its smallest unit: 1 … 2^63−1. Never negative, never a float. */
export type Amount = bigint & { readonly [amount]: true }

/** The largest amount and the largest balance a Postgres `bigint` holds. */
export const AMOUNT_MAX = 2n ** 63n - 1n

/** Whether `value` lies in 0 … 2^63−1. */
export function isAmount(value: bigint): value is Amount {
  return value >= 0n && value <= AMOUNT_MAX
}

/** `value` as an amount. Throws a RangeError outside 0 … 2^63−1: an amount out of range is a bug, not a refusal. */
export function toAmount(value: bigint): Amount {
  if (!isAmount(value)) throw new RangeError(`${value} is not an amount: 0 … 2^63−1`)
  return value
}

const canonical = /^(0|[1-9][0-9]{0,18})$/

/** The amount that `text` is, written as we write amounts: decimal digits, no sign, no leading zeros. Throws a RangeError. */
export function amountFromText(text: unknown): Amount {
  if (typeof text !== 'string' || !canonical.test(text))
    throw new RangeError(`${JSON.stringify(text)} is not an amount`)
  return toAmount(BigInt(text))
}

/** The sum of `amounts`; throws a RangeError past 2^63−1. */
export function sum(amounts: Iterable<bigint>): Amount {
  let total = 0n
  for (const each of amounts) total += each
  return toAmount(total)
}
