import { z } from 'zod'

/** How a battle is asked for. One that is in no list opens only with its key, or for those who sit in it. */
export type BattleRef = Readonly<{ id: string; key?: string }>

const shape = /^([0-9a-f-]{36})(?:~([A-Za-z0-9_-]{22}))?$/

/** A battle's id, and behind a `~` its key where it has one. */
export const battleRef = z.string().regex(shape, 'a battle’s id, or id~key')

/** What `text` asks for; undefined when it has not that shape. */
export function readBattleRef(text: string): BattleRef | undefined {
  const [, id, key] = shape.exec(text) ?? []
  return id === undefined ? undefined : { id, ...(key !== undefined && { key }) }
}

export function battleRefOf({ id, key }: Readonly<{ id: string; key?: string | undefined }>): string {
  return key === undefined ? id : `${id}~${key}`
}

/** A path as it may stand in a log: without the key in it. */
export function pathWithoutKey(path: string): string {
  return path.replaceAll(/(~|%7e)[A-Za-z0-9_-]{22}/gi, '$1…')
}
