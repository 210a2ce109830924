import { isAsset } from '../../schema/asset.ts'
import { PRIZES_MAX, WEIGHT_SUM_MAX } from '../../schema/box.ts'
import type { BoxContents, BoxIssue, DraftPrize } from '../../schema/box-admin.ts'

/** What else is known of an item, by its sku. */
export type KnownItem = Readonly<{
  /** What it is worth in another box on offer. */
  elsewhere?: Readonly<{ box: string; value: bigint }>
  /** How many there were ever to be; null: it has been on offer without a limit. Left out: it was never on offer. */
  limit?: bigint | null
}>

export type Surroundings = Readonly<{
  /** Shares of the price that may come back on average, both ends included. */
  bounds: Readonly<{ min: number; max: number }>
  items: ReadonlyMap<string, KnownItem>
}>

/** Everything that is wrong with a draft, errors first. Without an error it may be published. */
export function issuesOf(contents: BoxContents, around: Surroundings): readonly BoxIssue[] {
  const issues = [
    ...ofBox(contents),
    ...contents.prizes.flatMap((prize, i) => ofPrize(prize, `prizes.${i}`, around.items.get(prize.sku) ?? {})),
    ...ofSkus(contents),
    ...ofReturn(contents, around.bounds),
  ]
  return issues.toSorted((a, b) => Number(a.level === 'warning') - Number(b.level === 'warning'))
}

/** Expected value / price; undefined while nothing can be drawn. */
export function returnOf({ price, prizes }: Pick<BoxContents, 'price' | 'prizes'>): number | undefined {
  const total = prizes.reduce((sum, { weight }) => sum + BigInt(weight), 0n)
  const weighted = prizes.reduce((sum, { weight, value }) => sum + BigInt(weight) * BigInt(value), 0n)
  if (total === 0n || BigInt(price) === 0n) return undefined
  return Number(weighted) / Number(total * BigInt(price))
}

const error = (path: string, message: string): BoxIssue => ({ path, level: 'error', message })
const warning = (path: string, message: string): BoxIssue => ({ path, level: 'warning', message })

function ofBox({ name, price, prizes }: BoxContents): BoxIssue[] {
  const sum = prizes.reduce((total, { weight }) => total + weight, 0)
  return [
    ...(name.trim() === '' ? [error('name', 'The box needs a name.')] : []),
    ...(price === '0' ? [error('price', 'The price is more than nothing.')] : []),
    ...(prizes.length < 2 ? [error('prizes', 'There are at least two prizes to win.')] : []),
    ...(prizes.length > PRIZES_MAX ? [error('prizes', `There are at most ${PRIZES_MAX} prizes.`)] : []),
    ...(sum > WEIGHT_SUM_MAX ? [error('prizes', `The weights add up to at most ${WEIGHT_SUM_MAX}.`)] : []),
  ]
}

function ofPrize({ sku, name, value, weight, stock }: DraftPrize, path: string, known: KnownItem): BoxIssue[] {
  const issues: BoxIssue[] = []
  if (!isAsset(`play:item:${sku}`))
    issues.push(error(`${path}.sku`, 'An item is called by letters, digits, . _ / and -.'))
  if (name.trim() === '') issues.push(error(`${path}.name`, 'The prize needs a name.'))
  if (value === '0') issues.push(error(`${path}.value`, 'The prize is worth more than nothing.'))
  if (weight === 0) issues.push(error(`${path}.weight`, 'A weight of 0 can never be drawn.'))
  const { elsewhere } = known
  if (elsewhere && elsewhere.value !== BigInt(value))
    issues.push(warning(`${path}.value`, `It is worth ${elsewhere.value} in the box ${elsewhere.box}.`))
  return [...issues, ...ofStock(stock, path, known.limit)]
}

/** A limit is set before an item is on offer for the first time, and for good. */
function ofStock(stock: string | undefined, path: string, limit: bigint | null | undefined): BoxIssue[] {
  if (stock === '0') return [error(`${path}.stock`, 'There is at least one of a limited item.')]
  if (stock !== undefined && limit === null)
    return [error(`${path}.stock`, 'It has been on offer without a limit, so it cannot get one.')]
  if (stock !== undefined && limit !== undefined && limit !== BigInt(stock))
    return [error(`${path}.stock`, `It is limited to ${limit} already.`)]
  return []
}

function ofSkus({ prizes }: BoxContents): BoxIssue[] {
  const first = new Map<string, number>()
  return prizes.flatMap(({ sku }, i) => {
    const before = first.get(sku)
    if (before !== undefined) return [error(`prizes.${i}.sku`, `Prize ${before + 1} is the same item.`)]
    first.set(sku, i)
    return []
  })
}

function ofReturn(contents: BoxContents, { min, max }: Surroundings['bounds']): BoxIssue[] {
  const returned = returnOf(contents)
  if (returned === undefined || (returned >= min && returned <= max)) return []
  const percent = (share: number) => `${+(share * 100).toFixed(2)} %`
  const message = `${percent(returned)} of the price comes back on average; ${percent(min)} to ${percent(max)} are allowed.`
  return [error('', message)]
}
