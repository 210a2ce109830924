import type { Logger } from 'pino'
import type { KycProvider } from '../access/persons/kyc.ts'
import { startKycSandbox } from '../access/persons/kyc-sandbox-server.ts'
import { createSandboxKyc } from '../access/persons/sandbox-kyc.ts'
import type { Sealer } from '../access/seal.ts'
import type { Config } from '../config.ts'
import type { Cleanup } from './cleanup.ts'

type Parts = Readonly<{ config: Config; cleanup: Cleanup; log: Pick<Logger, 'warn'>; clock: () => number }>

/** Who checks identities on this node, as the settings say; nothing where only the staff does. */
export async function openIdentity(
  { config, cleanup, log, clock }: Parts,
  sealer: Sealer,
  url: string,
): Promise<Readonly<{ kyc?: KycProvider }>> {
  if (config.kyc === 'none') return {}
  const secret = sealer.word('kyc-sandbox')
  const failed = (error: unknown): void => log.warn({ err: error }, 'the sandbox of identity checks')
  const sandbox = await startKycSandbox({ secret, failed, webhookUrl: () => `${url}/persons/webhooks/sandbox` })
  cleanup.add('identity checks', () => sandbox.close())
  return { kyc: createSandboxKyc({ url: sandbox.url, secret, clock }) }
}
