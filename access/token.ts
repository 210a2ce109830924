import { errors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { RollingDropError } from '../schema/errors.ts'
import type { Principal, Role } from './access.ts'
import { deriveKey } from './key.ts'

const ISSUER = 'rollingdrop'
const roles = ['player', 'support', 'admin', 'partner-admin'] as const satisfies readonly Role[]

const claims = z.object({
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

/** Access tokens: JWT (RFC 7519), HS256 with a key derived from the secret key that all nodes share. `clock` gives unix ms. */
export function createAccessTokens(secretKey: Uint8Array, clock: () => number): AccessTokens {
  const key = deriveKey(secretKey, 'token')
  return {
    sign({ user, session, name, guest, tenant, roles, expires_ms }) {
      return new SignJWT({ sid: session, name, guest, tenant, roles })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(user)
        .setIssuedAt(Math.floor(clock() / 1000))
        .setExpirationTime(Math.floor(expires_ms / 1000))
        .sign(key)
    },
    async verify(token) {
      const { payload } = await jwtVerify(token, key, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        currentDate: new Date(clock()),
      }).catch((error: unknown) => {
        throw new RollingDropError(error instanceof errors.JWTExpired ? 'auth/token-expired' : 'auth/token-invalid')
      })
      return principalOf(payload)
    },
  }
}

function principalOf(payload: unknown): Principal {
  const read = claims.safeParse(payload)
  if (!read.success) throw new RollingDropError('auth/token-invalid')
  const { sub, sid, exp, ...rest } = read.data
  return { ...rest, user: sub, session: sid, expires_ms: exp * 1000 }
}
