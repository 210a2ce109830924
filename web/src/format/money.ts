import { credits } from './credits.ts'
import { LOCALE } from './locale.ts'

const PLAY_PREFIX = 'play:'

/** An amount of a money in its smallest unit as people read it: `1,234.50` of play credits, `$12.34` of dollars. */
export function money(amount: bigint, asset: string): string {
  if (asset.startsWith(PLAY_PREFIX)) return credits(amount)
  const format = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: asset })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  // Past 2^53 a picture of the amount is enough: nothing is computed from it.
  return format.format(Number(amount) / 10 ** digits)
}

/** Whether an asset counts things, not money. */
export function isItem(asset: string): boolean {
  return /^(play:)?item:/.test(asset)
}

/** The money that an item of this asset is bought and sold for. */
export function moneyOf(item: string): string {
  return item.startsWith(PLAY_PREFIX) ? 'play:CREDIT' : 'USD'
}

/** What a money is called beside an amount. */
export function moneyName(asset: string): string {
  return asset.startsWith(PLAY_PREFIX) ? 'play credits' : asset
}

/** What somebody typed as an amount in hundredths; null when it is none or nothing. */
export function amountOf(text: string): bigint | null {
  const [, whole = '', part = ''] = /^(\d{1,12})(?:[.,](\d{1,2}))?$/.exec(text.trim()) ?? []
  const amount = whole === '' ? 0n : BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'))
  return amount > 0n ? amount : null
}
