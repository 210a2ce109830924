import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { proofVerdict, type ProofResult } from '../../schema/person.ts'
import { demandSigned, signedHeaders } from './kyc-signature.ts'

type Options = Readonly<{
  /** Where it tells what became of a check; asked each time, for it may be known only later. */
  webhookUrl: () => string
  secret: string
  /** Told of what nobody took. */
  failed: (error: unknown) => void
}>

/** A provider of identity checks that stands on this machine. */
export type KycSandbox = Readonly<{ url: string; close(): Promise<void> }>

/** Waits before it tells again what was not taken. */
const AGAIN_MS = [200, 1_000, 5_000]
const BODY_BYTES_MAX = 4_096
const CALL_MS = 5_000

type Check = { readonly id: string; result: ProofResult | undefined }

/**
 * A provider as there are real ones, over HTTP on the loopback: whoever opens the page of a check decides it by a button, as often as
 * they like; each time we are told by a signed webhook, again until we have taken it. It remembers nothing beyond its process.
 */
export async function startKycSandbox({ webhookUrl, secret, failed }: Options): Promise<KycSandbox> {
  const checks = new Map<string, Check>()
  const stopped = new AbortController()
  const telling = new Set<Promise<void>>()
  let url = ''

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      failed(error)
      answer(response, 400, 'text/plain', 'This was not understood.')
    })
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://sandbox')
    const [, , reference = '', rest] = pathname.split('/')
    const body = request.method === 'POST' ? await bodyOf(request) : ''
    if (request.method === 'POST' && pathname === '/checks') {
      demandSigned(secret, { headers: headersOf(request), body }, Date.now())
      return answer(response, 200, 'application/json', JSON.stringify(begin((JSON.parse(body) as Check).id)))
    }
    const check = checks.get(reference)
    if (check === undefined) return answer(response, 404, 'text/plain', 'There is no such check.')
    if (request.method === 'POST' && rest === 'decision') {
      check.result = proofVerdict.parse(Object.fromEntries(new URLSearchParams(body))).result
      const told = tell(reference, check.result).catch(failed)
      telling.add(told)
      void told.finally(() => telling.delete(told))
    }
    answer(response, 200, 'text/html; charset=utf-8', page(reference, check.result))
  }

  /** The same check for the same id. */
  function begin(id: string): Readonly<{ reference: string; url: string }> {
    const known = [...checks].find(([, check]) => check.id === id)?.[0]
    const reference = known ?? randomBytes(16).toString('hex')
    if (known === undefined) checks.set(reference, { id, result: undefined })
    return { reference, url: `${url}/checks/${reference}` }
  }

  async function tell(reference: string, result: ProofResult): Promise<void> {
    const body = JSON.stringify({ reference, result })
    for (const wait_ms of [...AGAIN_MS, undefined]) {
      const headers = { 'content-type': 'application/json', ...signedHeaders(secret, body, Date.now()) }
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(CALL_MS)])
      const response = await fetch(webhookUrl(), { method: 'POST', headers, body, signal }).catch(() => undefined)
      if (response?.ok || stopped.signal.aborted) return
      if (wait_ms !== undefined) await delay(wait_ms, undefined, { signal: stopped.signal })
    }
    throw new Error('the webhook of an identity check was not taken')
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    async close() {
      stopped.abort()
      await Promise.all(telling)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value?.toString()]))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const part of request) {
    body += String(part)
    if (body.length > BODY_BYTES_MAX) throw new Error('too long')
  }
  return body
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}

function page(reference: string, result: ProofResult | undefined): string {
  const said = { proven: 'Approved. You can close this page.', refused: 'Refused. You can close this page.' }
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Identity check (sandbox)</title><style>body{font:1.1rem/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem;margin-right:1rem}</style><h1>Identity check</h1>
<p>This is a sandbox: nothing is checked, you decide.</p><p role="status">${result ? said[result] : 'Not decided yet.'}</p>
<form method="post" action="/checks/${reference}/decision"><button name="result" value="proven">Approve</button>
<button name="result" value="refused">Refuse</button></form></html>`
}
