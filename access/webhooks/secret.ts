import { randomBytes } from 'node:crypto'

/** What a secret begins with, as Standard Webhooks writes it; the rest is base64. */
export const SECRET_PREFIX = 'whsec_'
const SECRET_BYTES = 32

/** A secret as Standard Webhooks writes it: shown to the tenant once. */
export const newSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/** The context under which the secret of an endpoint rests. */
export const secretContext = (endpoint: string): string => `webhook-secret/${endpoint}`
