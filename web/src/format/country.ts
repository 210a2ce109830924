import { LOCALE } from './locale.ts'

const names = new Intl.DisplayNames(LOCALE, { type: 'region', fallback: 'none' })
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('')
/** Codes that browsers have names for and that are no country. */
const NONE: ReadonlySet<string> = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'])

export function countryName(code: string): string {
  return (code === '' ? undefined : names.of(code)) ?? code
}

/** Every country the browser has a name for (ISO 3166-1), by name. */
export const countries: readonly Readonly<{ code: string; name: string }>[] = LETTERS.flatMap((first) =>
  LETTERS.map((second) => first + second),
)
  .flatMap((code) => {
    const name = NONE.has(code) ? undefined : names.of(code)
    return name === undefined ? [] : [{ code, name }]
  })
  .toSorted((a, b) => a.name.localeCompare(b.name, LOCALE))
