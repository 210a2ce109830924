import { lookup as systemLookup, type LookupAddress } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { RollingDropError } from '../schema/errors.ts'
import { isLoopback, isPublic } from './public-address.ts'
import { traceHeaders } from './trace.ts'

/** What is sent to a URL of a tenant's. `timeout_ms` covers all of it, from the look-up of the name to the last byte. */
export type OutboundRequest = Readonly<{
  url: string
  body: string
  headers: Readonly<Record<string, string>>
  timeout_ms: number
  /** Ends the call before its time. */
  signal?: AbortSignal
  /** More of the answer is not read. */
  answer_bytes_max: number
}>

/** `body` is the answer as far as it was read. A redirect is an answer like any other: it is not followed. */
export type OutboundAnswer = Readonly<{ status: number; body: string }>

/** The one way to call a URL that a tenant has named: webhooks, seamless wallets. */
export interface Outbound {
  /**
   * The URL, if it may be called as far as can be said before its name is looked up: https, without a user, and no address
   * of a private network.
   * @throws RollingDropError `outbound/refused`
   */
  check(url: string): URL
  /**
   * Posts to the URL. The addresses that its name stands for are checked, all of them, and it is these that are connected to:
   * a name that stands for another address a moment later gains nothing.
   * @throws RollingDropError `outbound/refused` when one of them is not public
   * @throws Error when there is no answer
   */
  post(request: OutboundRequest): Promise<OutboundAnswer>
  close(): void
}

type Resolve = (name: string, answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void

type Options = Readonly<{
  /** Whether this machine itself may be called, and without TLS: for tests. */
  loopback: boolean
  /** How names are looked up, if not as the system does. */
  resolve?: Resolve
}>

/**
 * Connections are kept this long: a partner with traffic is spared the handshakes. How many there are is bounded by whoever
 * calls: a limit for each host would let one tenant hold up another that has the same one.
 */
const KEEP_MS = 4_000

export function createOutbound({ loopback, resolve = allAddresses }: Options): Outbound {
  const allowed = (address: string): boolean => isPublic(address) || (loopback && isLoopback(address))
  const lookup: LookupFunction = (name, options, answer) => {
    resolve(name, (error, addresses) => {
      const [first] = addresses
      if (error || !first) return answer(error ?? new Error(`${name} has no address`), '')
      if (!addresses.every(({ address }) => allowed(address))) return answer(refused(name), '')
      return options.all ? answer(null, addresses) : answer(null, first.address, first.family)
    })
  }
  const kept = { keepAlive: true, timeout: KEEP_MS, lookup }
  const [http, https] = [new HttpAgent(kept), new HttpsAgent(kept)]

  function check(text: string): URL {
    const url = URL.parse(text)
    const host = url?.hostname.replace(/^\[|\]$/g, '') ?? ''
    const literal = /^[\d.]+$|:/.test(host)
    const fits =
      url !== null &&
      (url.protocol === 'https:' || (loopback && url.protocol === 'http:')) &&
      url.username + url.password === '' &&
      (!literal || allowed(host))
    if (!fits) throw refused(host)
    return url
  }

  async function send(request: OutboundRequest, url: URL): Promise<OutboundAnswer> {
    const sent = begin(request, url)
    let answered = false
    try {
      const response = await new Promise<IncomingMessage>((settle, fail) => {
        sent.on('response', settle)
        sent.on('error', fail)
        sent.end(request.body)
      })
      answered = true
      return await read(response, request.answer_bytes_max)
    } catch (error) {
      // A connection that was kept may have been closed by the other side just now, before it read anything.
      const isStale = sent.reusedSocket && !answered && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
      if (isStale) return send(request, url)
      throw inWords(error as Error, request)
    }
  }

  function begin({ body, headers, timeout_ms, signal }: OutboundRequest, url: URL): ClientRequest {
    const options = {
      method: 'POST',
      headers: {
        'user-agent': 'RollingDrop',
        ...traceHeaders(),
        ...headers,
        'content-length': Buffer.byteLength(body),
      },
      signal: AbortSignal.any([AbortSignal.timeout(timeout_ms), ...(signal ? [signal] : [])]),
    }
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: https })
      : httpRequest(url, { ...options, agent: http })
  }

  return {
    check,
    post: async (request) => send(request, check(request.url)),
    close() {
      http.destroy()
      https.destroy()
    },
  }
}

const refused = (host: string): RollingDropError => new RollingDropError('outbound/refused', { host })

const allAddresses: Resolve = (name, answer) => systemLookup(name, { all: true }, answer)

/** The answer up to `bytes_max`; the rest is left unread and the connection given up. */
async function read(response: IncomingMessage, bytes_max: number): Promise<OutboundAnswer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk.subarray(0, bytes_max - bytes))
    bytes += chunk.length
    if (bytes >= bytes_max) break // Leaving the loop destroys the response and its connection.
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }
}

function inWords(error: Error, { timeout_ms, signal }: OutboundRequest): Error {
  if (signal?.aborted) return error
  const isTimeout = error.name === 'AbortError' || error.name === 'TimeoutError'
  return isTimeout ? new Error(`no answer within ${timeout_ms} ms`, { cause: error }) : error
}
