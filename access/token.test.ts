import { createHmac, randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Principal } from './access.ts'
import { deriveKey } from './key.ts'
import { createAccessTokens } from './token.ts'

const coded = (code: string) => expect.objectContaining({ code })
const secretKey = randomBytes(32)
const key = deriveKey(secretKey, 'token')
const now_ms = 1_700_000_000_000
const tokens = createAccessTokens(secretKey, () => now_ms)
const principal: Principal = {
  user: '018bcfe5-6800-7000-8000-000000000001',
  session: '018bcfe5-6800-7000-8000-000000000002',
  name: 'Bold Otter 7 🦦',
  guest: true,
  tenant: 'main',
  roles: ['player'],
  expires_ms: now_ms + 900_000,
}
const claims = { sid: principal.session, name: 'Otter', guest: true, tenant: 'main', roles: ['player'] }

/** A token over this header and payload, signed as HS256 with our own key whatever the header says. */
function signed(header: object, payload: object): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
}

function byJose(header: JWTHeaderParameters, payload: Record<string, unknown> = claims): Promise<string> {
  const jwt = new SignJWT(payload).setProtectedHeader(header).setIssuer('rollingdrop').setSubject(principal.user)
  return jwt.setExpirationTime(now_ms / 1000 + 900).sign(key)
}

test('a token says who it was made for, and is a JWT to everybody else', async () => {
  const token = await tokens.sign(principal)
  expect(await tokens.verify(token)).toEqual(principal)
  const read = await jwtVerify(token, key, { algorithms: ['HS256'], currentDate: new Date(now_ms) })
  expect(read.payload).toMatchObject({ iss: 'rollingdrop', sub: principal.user, sid: principal.session })
  expect((await tokens.verify(await byJose({ alg: 'HS256', typ: 'JWT' }))).user).toBe(principal.user)
})

test('it is worth nothing from the instant in which it expires', async () => {
  const token = await tokens.sign(principal)
  const at = (clock_ms: number) => createAccessTokens(secretKey, () => clock_ms).verify(token)
  expect((await at(principal.expires_ms - 1)).user).toBe(principal.user)
  await expect(at(principal.expires_ms)).rejects.toEqual(coded('auth/token-expired'))
})

describe('what is refused as no token of ours', () => {
  const [alg, typ] = ['HS256', 'JWT']
  const payload = { ...claims, iss: 'rollingdrop', sub: principal.user, exp: now_ms / 1000 + 900 }

  test('another algorithm than ours in the header, whatever the signature', async () => {
    for (const header of [
      { alg: 'none', typ },
      { alg: 'HS512', typ },
      { alg: 'RS256', typ },
      { alg: 'hs256', typ },
      { typ, alg },
      { alg, typ, crit: ['exp'] },
      { alg, typ, kid: '../../dev/null' },
      { alg, typ, jwk: { kty: 'oct', k: key.toString('base64url') } },
    ])
      await expect(tokens.verify(signed(header, payload)), JSON.stringify(header)).rejects.toEqual(
        coded('auth/token-invalid'),
      )
    expect((await tokens.verify(signed({ alg, typ }, payload))).user).toBe(principal.user)
    await expect(tokens.verify(await byJose({ alg: 'HS384', typ: 'JWT' }))).rejects.toEqual(coded('auth/token-invalid'))
  })

  test('another signature, none, or the same one written otherwise', async () => {
    const token = await tokens.sign(principal)
    const [header, body, signature] = token.split('.') as [string, string, string]
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last sign of 43 carries two bits that belong to no byte.
    const twin = signature.slice(0, 42) + alphabet[alphabet.indexOf(signature[42]!) ^ 1]
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
    for (const other of ['', twin, `${signature}=`, signature.slice(0, 42), `${signature}A`, 'A'.repeat(43)])
      await expect(tokens.verify(`${header}.${body}.${other}`)).rejects.toEqual(coded('auth/token-invalid'))
    for (const text of ['', '.', '..', `${header}.${body}`, `${token}.`, ` ${token}`, `${token}\n`])
      await expect(tokens.verify(text)).rejects.toEqual(coded('auth/token-invalid'))
  })

  test('claims that are missing, of another issuer or of another kind', async () => {
    for (const change of [
      { iss: 'another' },
      { iss: undefined },
      { exp: undefined },
      { exp: 'never' },
      { sub: 'me' },
      { roles: ['root'] },
    ])
      await expect(tokens.verify(signed({ alg, typ }, { ...payload, ...change }))).rejects.toEqual(
        coded('auth/token-invalid'),
      )
  })

  test('a token of another key', async () => {
    const foreign = await createAccessTokens(randomBytes(32), () => now_ms).sign(principal)
    await expect(tokens.verify(foreign)).rejects.toEqual(coded('auth/token-invalid'))
  })
})
