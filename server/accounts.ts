import type { Pool } from 'pg'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts/accounts.ts'
import { Mail, smtpCarrier } from '../access/accounts/mail.ts'
import { createAccounts } from '../access/accounts/open.ts'
import { Passwords } from '../access/accounts/password.ts'
import type { AccessOperations } from '../access/open.ts'
import type { Sealer } from '../access/seal.ts'
import type { Config } from '../config.ts'

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
  const site = (config.site_url || url).replace(/\/+$/, '')
  return createAccounts({ ...parts, passwords, mail: new Mail({ ...parts, carrier, log }), site })
}
