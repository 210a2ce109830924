import type { Rarity } from '../../../schema/box.ts'
import { lookOf, type Look } from './look.ts'
import { hashText } from './random.ts'
import { shapes, words, type Shape } from './shapes.ts'
import { toAddress } from './svg.ts'

const painted = new Map<string, string>()

/** The picture of an item: the same for the same item everywhere. */
export function itemArt(sku: string, name: string, rarity: Rarity): string {
  const known = painted.get(sku)
  if (known !== undefined) return known
  const look = lookOf(sku, rarity)
  const shadow = '<ellipse cx="60" cy="112" rx="32" ry="5" fill="#000" opacity=".4"/>'
  const address = toAddress(
    120,
    120,
    `${shadow}<g transform="translate(10 8)">${shapeOf(sku, name)(look)}</g>${sparkles(look)}`,
  )
  painted.set(sku, address)
  return address
}

/** The last telling word of the name decides, "Ruby Inkwell" being an inkwell; without one the sku does. */
function shapeOf(sku: string, name: string): Shape {
  const parts = name.toLowerCase().split(/[^a-z]+/)
  const telling = parts.findLast((part) => words.has(part))
  return (telling && words.get(telling)) || shapes[hashText(sku) % shapes.length]!
}

/** A few four-pointed glints on what is epic or legendary. */
function sparkles(look: Look): string {
  if (look.level < 3) return ''
  const places: readonly (readonly [x: number, y: number, r: number])[] =
    look.level === 4
      ? [
          [16, 24, 8],
          [106, 30, 6],
          [100, 96, 5],
        ]
      : [
          [18, 26, 6],
          [104, 88, 5],
        ]
  const glints = places.map(([x, y, r]) => {
    const t = r * 0.22
    const d = `M${x} ${y - r}l${t} ${r - t} ${r - t} ${t}-${r - t} ${t}-${t} ${r - t}-${t}-${r - t}-${r - t}-${t} ${r - t}-${t}z`
    return `<path d="${d}" fill="${look.shine}"/>`
  })
  return glints.join('')
}
