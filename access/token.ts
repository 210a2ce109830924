import { hash, sign, verify } from 'node:crypto'
import { z } from 'zod'
import { RollingDropError } from '../schema/errors.ts'
import type { Principal } from './access.ts'
import { roles } from './permissions.ts'
import type { TokenKeys } from './signing-keys.ts'

const ISSUER = 'rollingdrop'
const TOKEN = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})$/
/** The header of a token of ours, to the byte: one that asks for anything else is not even read. */
const HEADER = /^\{"alg":"EdDSA","kid":"([A-Za-z0-9_-]{1,64})","typ":"JWT"\}$/
/** Tokens that were checked and are remembered: those of the users who were active within a token's life. */
const REMEMBERED_MAX = 20_000

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
  sign(principal: Principal): string
  /** Throws `auth/token-expired`, or `auth/token-invalid` for everything that is not a token of ours. */
  verify(token: string): Promise<Principal>
}>

/**
 * Access tokens: JWT (RFC 7519) signed by Ed25519 (RFC 8037) with the key that `kid` names. `clock` gives unix ms. A token that was
 * checked is remembered by its hash, so that the next call costs no signature; that it has expired, or its key has ended, is seen
 * each time.
 */
export function createAccessTokens(keys: TokenKeys, clock: () => number): AccessTokens {
  const remembered = new Map<string, Principal>()

  function current(principal: Principal): Principal {
    // A new one is had by the refresh token, which no signing key can make.
    if (principal.expires_ms <= clock() || !keys.isGood(principal.key!))
      throw new RollingDropError('auth/token-expired')
    return principal
  }

  function remember(name: string, principal: Principal): void {
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!)
    remembered.set(name, principal)
  }

  return {
    sign({ user, session, name, guest, tenant, roles, expires_ms }) {
      const { kid, privateKey } = keys.signer()
      const payload = {
        sid: session,
        name,
        guest,
        tenant,
        roles,
        iss: ISSUER,
        sub: user,
        iat: Math.floor(clock() / 1000),
        exp: Math.floor(expires_ms / 1000),
      }
      const text = `${encoded({ alg: 'EdDSA', kid, typ: 'JWT' })}.${encoded(payload)}`
      return `${text}.${sign(null, Buffer.from(text), privateKey).toString('base64url')}`
    },
    async verify(token) {
      const name = hash('sha256', token, 'base64url')
      const known = remembered.get(name)
      if (known) return current(known)
      const { kid, text, payload, signature } = partsOf(token)
      const key = await keys.find(kid)
      if (key === undefined) throw invalid()
      if (key === 'ended') throw new RollingDropError('auth/token-expired')
      // In place: over WebCrypto's threads a check costs far more than it does itself.
      if (!verify(null, Buffer.from(text), key, signature)) throw invalid()
      const principal = current(principalOf(payload, kid))
      remember(name, principal)
      return principal
    },
  }
}

/** Throws `auth/token-invalid` for what cannot be a token of ours, whoever has signed it. */
function partsOf(token: string) {
  const [, header = '', payload = '', written = ''] = TOKEN.exec(token) ?? []
  const [, kid] = HEADER.exec(Buffer.from(header, 'base64url').toString()) ?? []
  const signature = Buffer.from(written, 'base64url')
  // One signature is written in one way only: the last letter has bits that belong to no byte.
  if (kid === undefined || signature.toString('base64url') !== written) throw invalid()
  return { kid, text: `${header}.${payload}`, payload, signature }
}

/** Of a payload whose signature is ours. */
function principalOf(payload: string, kid: string): Principal {
  const read = claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
  if (!read.success) throw invalid()
  const { sub, sid, name, guest, tenant, roles, exp } = read.data
  return { user: sub, session: sid, name, guest, tenant, roles, expires_ms: exp * 1000, key: kid }
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function invalid(): RollingDropError {
  return new RollingDropError('auth/token-invalid')
}
