import { z } from 'zod'
import { RollingDropError } from '../../schema/errors.ts'
import { proofBegun, proofDecision } from '../../schema/person.ts'
import { createBreaker } from '../breaker.ts'
import type { KycProvider } from './kyc.ts'
import { demandSigned, signedHeaders } from './kyc-signature.ts'

const begun = proofBegun.extend({ reference: z.string().min(1).max(100) })

type Options = Readonly<{ url: string; secret: string; clock: () => number }>

/** Of calls of the provider. */
const PATIENCE = { timeout_ms: 5_000, at_once_max: 8, waiting_max: 50, failures: 5, rest_ms: 5_000 }

/** The provider of `startKycSandbox`, over HTTP as a real one. */
export function createSandboxKyc({ url, secret, clock }: Options): KycProvider {
  const breaker = createBreaker({ name: 'identity checks', ...PATIENCE })

  return {
    name: 'sandbox',
    async begin(id) {
      const body = JSON.stringify({ id })
      const headers = { 'content-type': 'application/json', ...signedHeaders(secret, body, clock()) }
      try {
        return await breaker.run(async (signal) => {
          const response = await fetch(`${url}/checks`, { method: 'POST', headers, body, signal })
          if (!response.ok) throw new Error(`the provider answered ${response.status}`)
          return begun.parse(await response.json())
        })
      } catch (cause) {
        throw new RollingDropError('person/unavailable', undefined, cause)
      }
    },
    read(webhook) {
      demandSigned(secret, webhook, clock())
      const read = proofDecision.safeParse(JSON.parse(webhook.body))
      if (!read.success) throw new RollingDropError('request/invalid')
      return read.data
    },
  }
}
