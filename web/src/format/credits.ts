import { LOCALE } from './locale.ts'

const plain = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const signed = new Intl.NumberFormat(LOCALE, {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
})

/** Hundredths of a credit as `1,234.50`. Past 2^53 a picture of the amount is enough: nothing is computed from it. */
export function credits(amount: bigint): string {
  return plain.format(Number(amount) / 100)
}

/** The same with its sign: `+12.00`, `-3.50`. */
export function creditsChange(amount: bigint): string {
  return signed.format(Number(amount) / 100).replace('-', '−')
}

const percents = [
  new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 0 }),
  new Intl.NumberFormat(LOCALE, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  new Intl.NumberFormat(LOCALE, { style: 'percent', maximumSignificantDigits: 2 }),
] as const

/** A chance as `25 %`, `2.5 %`, `0.031 %`: as many digits as it takes to tell small ones apart. */
export function percent(share: number): string {
  const format = share >= 0.1 ? percents[0] : share >= 0.01 ? percents[1] : percents[2]
  return format.format(share)
}

/** A share to one decimal, such as a return of 92.4 %. */
export function percentExact(share: number): string {
  return percents[1].format(share)
}
