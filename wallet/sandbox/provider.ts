import { z } from 'zod'
import type { Breaker } from '../../access/breaker.ts'
import { RollingDropError } from '../../schema/errors.ts'
import { toJson } from '../../schema/json.ts'
import type { PaymentProvider, PaymentWebhook, ProviderEvent } from '../provider.ts'
import { eventFromJson } from './message.ts'
import { demandSigned } from './signature.ts'

const begun = z.object({ reference: z.string(), url: z.string() })
const told = z.object({ events: z.array(z.unknown()) })

type Parts = Readonly<{ url: string; secret: string; breaker: Breaker; clock: () => number }>

/** The sandbox as a payment provider: over HTTP, as any other would be. */
export function createSandboxProvider(parts: Parts): PaymentProvider {
  const events = async (path: string, body?: unknown): Promise<readonly ProviderEvent[]> => {
    const answer = await call(parts, path, body)
    return told.parse(answer).events.map(eventFromJson)
  }
  return {
    name: 'sandbox',
    begin: async (money) => begun.parse(await call(parts, '/v1/payments', money)),
    payOut: (money) => events('/v1/payouts', money),
    refund: (money) => events('/v1/refunds', money),
    look: (payment) => events(`/v1/payments/${encodeURIComponent(payment)}/events`),
    report: (since_ms, until_ms) => events(`/v1/report?since=${since_ms}&until=${until_ms}`),
    read: (webhook) => read(parts, webhook),
  }
}

/** Throws `payment/unavailable`, or `payment/amount` for what the sandbox will not take. */
async function call({ url, secret, breaker }: Parts, path: string, body?: unknown): Promise<unknown> {
  try {
    return await breaker.run(async (signal) => {
      const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' }
      const init = body === undefined ? {} : { method: 'POST', body: toJson(body) }
      const answer = await fetch(url + path, { ...init, headers, signal })
      const text = await answer.text()
      if (answer.status === 422) throw new RollingDropError('payment/amount')
      if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`)
      return JSON.parse(text) as unknown
    })
  } catch (cause) {
    if (cause instanceof RollingDropError && cause.code !== 'server/busy') throw cause
    throw new RollingDropError('payment/unavailable', undefined, cause)
  }
}

function read({ secret, clock }: Parts, webhook: PaymentWebhook): ProviderEvent {
  demandSigned(secret, webhook, clock())
  try {
    return eventFromJson(JSON.parse(webhook.body))
  } catch (cause) {
    throw new RollingDropError('request/invalid', { issues: [{ path: '', message: 'not an event' }] }, cause)
  }
}
