import type { Rarity } from '../../../schema/box.ts'
import { randomFrom, type Random } from './random.ts'

/** The colours one piece of art is painted with, from brightest to darkest, and how rich it is: 0 common … 4 legendary. */
export type Look = Readonly<{
  shine: string
  light: string
  base: string
  dark: string
  deep: string
  metal: readonly [light: string, mid: string, dark: string]
  level: number
  random: Random
}>

const tones: Record<Rarity, readonly [hue: number, saturation: number, sway: number, level: number]> = {
  common: [212, 20, 10, 0],
  uncommon: [154, 58, 14, 1],
  rare: [212, 88, 12, 2],
  epic: [268, 78, 12, 3],
  legendary: [40, 94, 6, 4],
}

const steel = ['#e9eff5', '#9fb0c0', '#5a6a7a'] as const
const iron = ['#b6c0ca', '#74818f', '#3d4854'] as const
const gold = ['#fff0bd', '#e8b64a', '#93631a'] as const

export function lookOf(sku: string, rarity: Rarity): Look {
  const [hue, saturation, sway, level] = tones[rarity]
  const random = randomFrom(sku)
  const h = Math.round(hue + random.between(-sway, sway))
  const tone = (s: number, l: number, turn = 0) => `hsl(${h + turn} ${Math.round(saturation * s)}% ${l}%)`
  return {
    shine: tone(1, 90, -8),
    light: tone(1, 72, -6),
    base: tone(0.95, 54),
    dark: tone(0.9, 36, 6),
    deep: tone(0.85, 21, 10),
    metal: level === 4 ? gold : level === 0 ? iron : steel,
    level,
    random,
  }
}
