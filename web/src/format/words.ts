import { LOCALE } from './locale.ts'

/** `1 round`, `3 rounds`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString(LOCALE)} ${n === 1 ? one : many}`
}

/** A long id by its last eight characters: enough to tell two apart. */
export function shortId(id: string): string {
  return id.slice(-8)
}
