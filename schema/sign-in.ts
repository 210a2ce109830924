import { z } from 'zod'

/** What is asked and answered where people sign in. */

const email = z.email().max(254).describe('where the account’s links are sent')
const password = z.string().min(1).max(200)
const newPassword = z
  .string()
  .min(10)
  .max(200)
  .describe('10 characters at least, and not one of those that are guessed')
const link = z.string().max(100).describe('what stands after # in the link that was sent')
const code = z.string().min(6).max(20).describe('six digits of the authenticator app, or a recovery code')

const tenant = z.string().max(64).describe('a partner’s world, for those who look after it; left out: ours')

export const register = z.strictObject({
  email,
  password: newPassword,
  name: z
    .string()
    .regex(
      /^[\p{L}\p{N}](?:[\p{L}\p{N} _.-]{0,22}[\p{L}\p{N}.])?$/u,
      'letters, digits, blanks, dots, dashes; 24 at most',
    )
    .describe('how others see the player'),
})
export type Register = z.infer<typeof register>
export const login = z.strictObject({ email, password, code: code.optional(), tenant: tenant.exactOptional() })
export type Login = z.infer<typeof login>
export const forgot = z.strictObject({ email, tenant: tenant.exactOptional() })
export const useLink = z.strictObject({ link })
export const reset = z.strictObject({ link, password: newPassword })
export const changePassword = z.strictObject({ before: password, after: newPassword })
/** A code where a second factor is in force, else the password. */
export const proof = z.strictObject({ code: code.optional(), password: password.optional() })
export const withCode = z.strictObject({ code })

export const sent = z.object({ sent: z.literal(true) }).describe('says nothing about whether there is such an account')
export const ownSessions = z.object({
  sessions: z.array(
    z.object({
      id: z.uuid(),
      device: z.string().nullable().describe('what the browser called itself'),
      createdAt: z.number().describe('unix ms'),
      current: z.boolean().describe('the one that asks'),
    }),
  ),
})
export type OwnSessions = z.infer<typeof ownSessions>
export const secondFactor = z.object({ inForce: z.boolean() })
export const enrolment = z.object({
  secret: z.string().describe('base 32, to be typed into an app'),
  uri: z.string().describe('otpauth://…, to be shown as a picture'),
})
export type Enrolment = z.infer<typeof enrolment>
export const recovery = z.object({
  recoveryCodes: z.array(z.string()).describe('each stands in once for a code; they are shown this once'),
})
export type Recovery = z.infer<typeof recovery>
export const providers = z.object({ providers: z.array(z.string()).describe('names, as they stand in the addresses') })
export const departure = z.object({ url: z.url().describe('where to send the browser') })
export const confirmed = z.object({ until: z.number().describe('unix ms until which the session counts as confirmed') })

export const publicKeys = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string().describe('the key, base64url'),
      kid: z.string().describe('as it stands in the header of a token'),
      alg: z.literal('EdDSA'),
      use: z.literal('sig'),
    }),
  ),
})
