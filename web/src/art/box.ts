import { randomFrom, hashText } from './random.ts'
import { linear, path, facet, toAddress } from './svg.ts'

type Paint = Readonly<{ glow: string; light: string; base: string; dark: string; deep: string; lid: string }>

const hues: readonly (readonly [hue: number, saturation: number])[] = [
  [14, 78],
  [198, 76],
  [152, 52],
  [342, 62],
  [42, 82],
  [222, 64],
  [176, 62],
  [24, 34],
  [284, 40],
  [208, 14],
  [36, 62],
]

const words: readonly (readonly [RegExp, number])[] = [
  [/dragon|ember|fire|flame|magma|lava|inferno|crimson|blood|forge/i, 0],
  [/aurora|frost|ice|sky|azure|glacier|arctic|winter/i, 1],
  [/forest|moss|leaf|jade|emerald|grove|wild|garden/i, 2],
  [/rose|ruby|heart|blossom|cherry|neon/i, 3],
  [/gold|sun|royal|crown|king|treasure|legend/i, 4],
  [/night|midnight|ocean|deep|sapphire|abyss/i, 5],
  [/lagoon|teal|tid[ae]|reef|mist|circuit/i, 6],
  [/wood|starter|rookie|street|pocket|dust|desert|bronze|copper/i, 7],
  [/meteor|void|cosmic|star|mystic|arcane|nebula|astral/i, 8],
  [/iron|steel|silver|stone|metal|shadow|obsidian/i, 9],
  [/clock|attic|brass|amber|honey/i, 10],
]

const emblems: readonly string[] = [
  'M50 22L74 46 50 78 26 46z',
  'M56 18L30 56h16l-4 28 28-40H53z',
  'M50 18l9 22 24 2-18 15 6 23-21-13-21 13 6-23-18-15 24-2z',
  'M24 66V34l13 12 13-20 13 20 13-12v32z',
  'M50 16c4 14 22 22 22 42a22 22 0 0 1-44 0c0-10 6-14 9-22 5 4 6 8 6 12 6-8 8-18 7-32z',
  'M50 18l28 16v32L50 82 22 66V34z',
  'M50 16c16 18 24 28 24 40a24 24 0 0 1-48 0c0-12 8-22 24-40z',
  'M62 20a32 32 0 1 0 18 46 26 26 0 0 1-18-46z',
]

const painted = new Map<string, string>()

/** The picture of a box: a lidded crate in the colour of its name, with its own emblem and fittings. */
export function boxArt(id: string): string {
  const known = painted.get(id)
  if (known !== undefined) return known
  const random = randomFrom(`box ${id}`)
  const [hue, saturation] = hues[words.find(([word]) => word.test(id))?.[1] ?? hashText(id) % hues.length]!
  const tone = (l: number, s = saturation) => `hsl(${hue} ${s}% ${l}%)`
  const paint: Paint = {
    glow: tone(74, Math.min(96, saturation + 20)),
    light: tone(58),
    base: tone(42),
    dark: tone(27, saturation * 0.8),
    deep: tone(15, saturation * 0.6),
    lid: tone(66, saturation * 0.9),
  }
  const emblem = random.pick(emblems)
  const fitting = random.pick(['bands', 'corners', 'frame'] as const)
  const address = toAddress(160, 144, draw(paint, emblem, fitting))
  painted.set(id, address)
  return address
}

function draw(paint: Paint, emblem: string, fitting: 'bands' | 'corners' | 'frame'): string {
  return [
    `<defs>${linear('l', [paint.light, paint.base])}${linear('d', [paint.base, paint.dark])}${linear('t', [paint.lid, paint.light])}</defs>`,
    '<ellipse cx="80" cy="130" rx="54" ry="9" fill="#000" opacity=".4"/>',
    facet('22,48 80,78 80,132 22,100', 'url(#l)'),
    facet('138,48 80,78 80,132 138,100', 'url(#d)'),
    `<g transform="matrix(.58 .3 0 .54 22 47)">${face(paint, emblem, fitting, true)}</g>`,
    `<g transform="matrix(.58 -.3 0 .54 80 78)">${face(paint, emblem, fitting, false)}</g>`,
    lid(paint),
  ].join('')
}

function lid(paint: Paint): string {
  return [
    path('M18 50L80 82l62-32v5L80 87 18 55z', paint.glow),
    facet('18,34 80,66 80,81 18,49', paint.light),
    facet('142,34 80,66 80,81 142,49', paint.dark),
    facet('80,2 142,34 80,66 18,34', 'url(#t)'),
    facet('80,11 124,34 80,57 36,34', paint.base),
    facet('80,15 116,34 80,53 44,34', paint.dark),
    facet('80,20 107,34 80,48 53,34', paint.glow, 'opacity=".85"'),
    facet('80,20 107,34 80,34 53,34', '#fff', 'opacity=".35"'),
    path('M18 34L80 66l62-32', 'none', 'stroke="#fff" stroke-opacity=".35" stroke-width="1.500"'),
    path('M80 66v15', 'none', 'stroke="#fff" stroke-opacity=".3"'),
  ].join('')
}

function face(paint: Paint, emblem: string, fitting: 'bands' | 'corners' | 'frame', lit: boolean): string {
  const dark = lit ? paint.dark : paint.deep
  const mark = `<g transform="translate(18 24) scale(.64)">${path(emblem, lit ? paint.glow : paint.light)}</g>`
  const trims = {
    bands: `<path d="M12 0h13v100H12zM75 0h13v100H75z" fill="${dark}"/><path d="M12 0h3v100h-3zM75 0h3v100h-3z" fill="#fff" opacity=".12"/>`,
    corners: `<path d="M0 68v32h32zM100 68v32H68z" fill="${dark}"/><path d="M0 12h24L0 36zM100 12v24L76 12z" fill="${dark}"/>`,
    frame: `<path d="M0 0h100v100H0zM12 22v66h76V22z" fill="${dark}" fill-rule="evenodd"/>`,
  }
  return `${trims[fitting]}${mark}`
}
