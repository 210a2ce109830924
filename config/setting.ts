import { z } from 'zod'

/** One row of the table in `config.ts`. `T` is what the program reads; the environment always holds text. */
export type Setting<T> = Readonly<{
  /** Reads the text of the environment; its `description` says what is allowed. */
  type: z.ZodType<T, string>
  default: T
  /** What one of it is: `ms`, `s`, `bytes`, `events` …; a dash where there is nothing to count. */
  unit: string
  /** Why it exists and why the default is what it is, in one sentence. */
  why: string
  /** Never printed. */
  secret: boolean
}>

type Words = Readonly<{ unit: string; why: string }>

/** A whole number within `min` and `max`, both allowed. */
export function whole(
  value: number,
  unit: string,
  [min, max]: readonly [number, number],
  why: string,
): Setting<number> {
  const allowed = `a whole number from ${min} to ${max}`
  const type = z
    .string()
    .regex(/^[0-9][0-9_]*$/)
    .transform((text) => Number(text.replaceAll('_', '')))
    .refine((n) => n >= min && n <= max)
    .describe(allowed)
  return { type, default: value, unit, why, secret: false }
}

/** Any text; empty means "not set". */
export function text(value: string, unit: string, why: string): Setting<string> {
  return { type: z.string().describe('any text'), default: value, unit, why, secret: false }
}

/** What stands in front of names that others choose too; empty for nothing. */
export function prefix(why: string): Setting<string> {
  const type = z
    .string()
    .regex(/^[A-Za-z0-9._-]{0,60}$/)
    .describe('up to 60 letters, digits, dots, hyphens and underscores')
  return { type, default: '', unit: 'prefix', why, secret: false }
}

/** A URL with one of these schemes, or empty. */
export function url(schemes: readonly string[], why: string): Setting<string> {
  const allowed = `empty, or a URL that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`
  const isAllowed = (value: string) => value === '' || schemes.includes(URL.parse(value)?.protocol.slice(0, -1) ?? '')
  return { type: z.string().refine(isAllowed).describe(allowed), default: '', unit: 'URL', why, secret: false }
}

/** One of a few words. */
export function oneOf<const T extends string>(value: T, choices: readonly T[], why: string): Setting<T> {
  const isChoice = (word: string): word is T => choices.some((choice) => choice === word)
  const type = z
    .string()
    .refine(isChoice)
    .describe(`one of ${choices.join(', ')}`)
  return { type, default: value, unit: '-', why, secret: false }
}

/** `on` or `off`. */
export function onOff(value: boolean, why: string): Setting<boolean> {
  const type = z
    .string()
    .regex(/^(on|off)$/)
    .transform((word) => word === 'on')
    .describe('on or off')
  return { type, default: value, unit: '-', why, secret: false }
}

/** Words parted by commas; empty is an empty list. */
export function list(words: Words & { item: RegExp; allowed: string }): Setting<readonly string[]> {
  const type = z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    )
    .refine((items) => items.every((item) => words.item.test(item)))
    .describe(`empty, or ${words.allowed} parted by commas`)
  return { type, default: [], unit: words.unit, why: words.why, secret: false }
}

/** A key of 32 bytes as 64 hexadecimal digits; empty means one of our own making. Never printed. */
export function key(why: string): Setting<string> {
  const type = z
    .string()
    .regex(/^([0-9a-f]{64})?$/i)
    .describe('empty, or 64 hexadecimal digits')
  return { type, default: '', unit: '32 bytes, hex', why, secret: true }
}

/** The value as a person may see it: secrets hidden, the password within a URL too. */
export function shown(setting: Setting<unknown>, value: unknown): string {
  if (setting.secret) return value === '' ? '' : '(hidden)'
  if (Array.isArray(value)) return value.join(',')
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return String(value).replace(/(:\/\/[^:/@]*:)[^@]*@/, '$1***@')
}
