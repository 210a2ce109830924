import type { IncomingMessage } from 'node:http'
import type { SignedRequest } from '../../access/partner.ts'

/** A request as it was signed: the path with its query and escapes as they came, which a URL would have changed. */
export function signedRequestOf(
  { method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  body: Uint8Array = new Uint8Array(),
): SignedRequest {
  const given = Object.entries(headers).map(([name, value]) => [name, value?.toString()])
  return { method, path: url, headers: Object.fromEntries(given), body }
}
