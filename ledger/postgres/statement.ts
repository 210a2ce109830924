import { readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type pg from 'pg'

/** A prepared statement of `postgres/sql/<name>.sql`, its rows as arrays of text in the order of its columns. */
export type Statement = Readonly<{ name: string; text: string }>

export function statement(name: string): Statement {
  return { name, text: readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8') }
}

/** One value per column, as Postgres prints it. */
export type Row = readonly (string | null)[]

/** Leaves every value as the text it came as: the ledger knows its own types, and parses none it does not use. */
const asText = { getTypeParser: () => (value: string) => value }

export async function run(
  client: pg.ClientBase,
  { name, text }: Statement,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  gatherWrites(client)
  const result = await client.query({ name, text, values: [...values], rowMode: 'array', types: asText })
  return result.rows
}

/**
 * Lets all that is asked of a connection in this turn go out in one write: on one that pipelines, most of a statement's cost here
 * is the system call that sends it.
 */
export function gatherWrites(client: pg.ClientBase): void {
  const { stream } = (client as unknown as Connected).connection
  if (stream.writableCorked > 0) return
  stream.cork()
  process.nextTick(() => stream.uncork())
}

type Connected = Readonly<{ connection: Readonly<{ stream: Writable }> }>

/** An array of numbers, uuids or booleans as Postgres reads it. None of them needs quoting, which is what makes it quick. */
export function list(values: readonly (string | number | bigint | boolean | null)[]): string {
  let text = '{'
  for (let i = 0; i < values.length; i++) text += `${i === 0 ? '' : ','}${values[i] ?? 'null'}`
  return `${text}}`
}

/**
 * An array of texts for `string_to_array(…, E'\\x1e', E'\\x1d')`, null standing as the group separator: neither can stand in any of
 * them, so nothing needs escaping. Null when empty, because no text at all would be read as one empty one.
 */
export function texts(values: readonly (string | null)[]): string | null {
  return values.length === 0 ? null : values.map((value) => value ?? '\u001d').join('\u001e')
}
