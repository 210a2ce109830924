import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts/accounts.ts'
import { Mail, smtpCarrier } from '../access/accounts/mail.ts'
import { createProviderSignIn, type ProviderSignIn } from '../access/accounts/oidc.ts'
import { PostgresAccounts } from '../access/accounts/open.ts'
import { Passwords } from '../access/accounts/password.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Sealer } from '../access/seal.ts'
import type { Config } from '../config.ts'

/** Where the pages are reached from outside, without a slash at its end. */
export function siteOf({ site_url }: Config, url: string): string {
  return (site_url || url).replace(/\/+$/, '')
}

/** Signing in with the provider that is configured, if one is. */
export function openProviderSignIn({ config, url, ...parts }: Parts): ProviderSignIn {
  const { oidc_name: name, oidc_issuer: issuer, oidc_client_id: clientId, oidc_client_secret: clientSecret } = config
  const providers = issuer === '' ? [] : [{ name, issuer, clientId, clientSecret }]
  return createProviderSignIn({ ...parts, providers, site: siteOf(config, url) })
}

type Parts = Readonly<{
  config: Config
  pool: Pool
  access: AccessOperations
  sealer: Sealer
  /** This node's own address, for links where no other is configured. */
  url: string
  clock: () => number
  log: Logger
}>

/** Accounts as the settings want them. */
export function openAccounts({ config, url, log, ...parts }: Parts): Accounts {
  const carrier = config.mail_url === '' ? undefined : smtpCarrier(config.mail_url, config.mail_from)
  const passwords = new Passwords({
    memory_kib: config.password_memory_kib,
    passes: config.password_passes,
    atOnce: config.passwords_at_once,
    waiting_max: config.passwords_waiting_max,
  })
  const site = siteOf(config, url)
  return new PostgresAccounts({ ...parts, passwords, mail: new Mail({ ...parts, carrier, log }), site })
}
