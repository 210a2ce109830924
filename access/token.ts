import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { SignJWT } from 'jose'
import { z } from 'zod'
import { RollingDropError } from '../schema/errors.ts'
import type { Principal } from './access.ts'
import { deriveKey } from './key.ts'
import { roles } from './permissions.ts'

const ISSUER = 'rollingdrop'
const HEADER = { alg: 'HS256', typ: 'JWT' } as const
/** What a token of ours begins with, to the byte: a header that asks for anything else is not even read. */
const HEADER_TEXT = Buffer.from(JSON.stringify(HEADER)).toString('base64url')
const TOKEN = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/

const claims = z.object({
  iss: z.literal(ISSUER),
  sub: z.uuid(),
  sid: z.uuid(),
  name: z.string(),
  guest: z.boolean(),
  tenant: z.string().min(1),
  roles: z.array(z.enum(roles)),
  exp: z.number(),
})

export type AccessTokens = Readonly<{
  sign(principal: Principal): Promise<string>
  /** Throws `auth/token-expired`, or `auth/token-invalid` for everything that is not a token of ours. */
  verify(token: string): Promise<Principal>
}>

/**
 * Access tokens: JWT (RFC 7519), HS256 with a key derived from the secret key that all nodes share. `clock` gives unix ms.
 * They are checked in place: over WebCrypto's threads a check costs many times what its hash does.
 */
export function createAccessTokens(secretKey: Uint8Array, clock: () => number): AccessTokens {
  const key = createSecretKey(deriveKey(secretKey, 'token'))
  return {
    sign({ user, session, name, guest, tenant, roles, expires_ms }) {
      return new SignJWT({ sid: session, name, guest, tenant, roles })
        .setProtectedHeader(HEADER)
        .setIssuer(ISSUER)
        .setSubject(user)
        .setIssuedAt(Math.floor(clock() / 1000))
        .setExpirationTime(Math.floor(expires_ms / 1000))
        .sign(key)
    },
    async verify(token) {
      const [, header, payload, signature] = TOKEN.exec(token) ?? []
      if (header !== HEADER_TEXT || payload === undefined || signature === undefined) throw invalid()
      const signed = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url')
      // As text: one signature is written in one way only.
      if (!timingSafeEqual(Buffer.from(signed), Buffer.from(signature))) throw invalid()
      const principal = principalOf(Buffer.from(payload, 'base64url').toString())
      if (principal.expires_ms <= clock()) throw new RollingDropError('auth/token-expired')
      return principal
    },
  }
}

/** Of a payload whose signature is ours. */
function principalOf(json: string): Principal {
  const read = claims.safeParse(JSON.parse(json))
  if (!read.success) throw invalid()
  const { sub, sid, name, guest, tenant, roles, exp } = read.data
  return { user: sub, session: sid, name, guest, tenant, roles, expires_ms: exp * 1000 }
}

function invalid(): RollingDropError {
  return new RollingDropError('auth/token-invalid')
}
