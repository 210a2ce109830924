import { familyNames, versionsOf, type Family } from '../../schema/avro/schemas.ts'

const PATIENCE_MS = 5_000

/**
 * Makes every version of every schema known to a registry that speaks Confluent's HTTP, the oldest first, and returns the
 * numbers of the newest. The subject is the record's full name, because one topic holds records of several families.
 * @throws Error that says what the registry answered, or that it did not
 */
export async function registerSchemas(url: string): Promise<ReadonlyMap<Family, number>> {
  const newest = new Map<Family, number>()
  for (const family of familyNames) {
    for (const { name, text } of versionsOf(family)) {
      const path = `/subjects/${encodeURIComponent(name)}/versions`
      const { id } = await ask<{ id: number }>(url, path, { schemaType: 'AVRO', schema: text })
      newest.set(family, id)
    }
  }
  return newest
}

async function ask<T>(url: string, path: string, body: object): Promise<T> {
  const address = new URL(url.replace(/\/$/, '') + path)
  const authorization =
    address.username === '' ? {} : { authorization: `Basic ${btoa(`${address.username}:${address.password}`)}` }
  address.username = ''
  address.password = ''
  let response: Response
  try {
    response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json', ...authorization },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
  } catch (cause) {
    throw new Error(`the schema registry at ${address.origin} does not answer`, { cause })
  }
  const text = await response.text()
  if (!response.ok)
    throw new Error(`the schema registry at ${address.origin} answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}
