import { hashText, randomFrom } from './random.ts'
import { toAddress } from './svg.ts'

const hues = [8, 26, 96, 158, 184, 204, 226, 318, 340]
const painted = new Map<string, string>()

/** A round badge of crossing shapes for a player, the same for the same id or name everywhere. */
export function avatarArt(id: string): string {
  const known = painted.get(id)
  if (known !== undefined) return known
  const random = randomFrom(`avatar ${id}`)
  const hue = hues[hashText(id) % hues.length]!
  const turn = Math.round(random.between(0, 360))
  const shapes = Array.from({ length: 3 }, (_, i) => {
    const x = Math.round(random.between(2, 38))
    const y = Math.round(random.between(2, 38))
    const size = Math.round(random.between(14, 26))
    const fill = `hsl(${hue + (i - 1) * 26} 62% ${[64, 48, 78][i]}%)`
    return random.pick([
      `<circle cx="${x}" cy="${y}" r="${size / 2}" fill="${fill}"/>`,
      `<rect x="${x - size / 2}" y="${y - size / 2}" width="${size}" height="${size}" fill="${fill}" transform="rotate(${turn} ${x} ${y})"/>`,
      `<path d="M${x} ${y - size / 2}l${size / 2} ${size}h-${size}z" fill="${fill}" transform="rotate(${turn} ${x} ${y})"/>`,
    ])
  })
  const ground = `<rect width="40" height="40" fill="hsl(${hue} 45% 26%)"/>`
  const address = toAddress(40, 40, ground + shapes.join(''))
  painted.set(id, address)
  return address
}

/** The face every bot wears. */
export const botAvatar = toAddress(
  40,
  40,
  '<rect width="40" height="40" fill="#27313c"/><path d="M20 6v6" stroke="#8ea0b2" stroke-width="2"/><circle cx="20" cy="6" r="2.500" fill="#c9f24d"/>' +
    '<rect x="9" y="12" width="22" height="18" rx="5" fill="#8ea0b2"/><rect x="12" y="16" width="16" height="8" rx="4" fill="#141a21"/>' +
    '<circle cx="16.500" cy="20" r="2" fill="#c9f24d"/><circle cx="23.500" cy="20" r="2" fill="#c9f24d"/><path d="M16 27h8" stroke="#4b5a69" stroke-width="1.600"/>',
)
