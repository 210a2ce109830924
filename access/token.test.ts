import { createHmac, generateKeyPairSync, randomBytes, sign as signBy, type KeyObject } from 'node:crypto'
import { importJWK, jwtVerify, SignJWT, type JWTHeaderParameters } from 'jose'
import { describe, expect, test } from 'vitest'
import type { Principal } from './access.ts'
import type { TokenKeys } from './signing-keys.ts'
import { createAccessTokens } from './token.ts'

const coded = (code: string) => expect.objectContaining({ code })
const now_ms = 1_700_000_000_000
const kid = 'k1'
const pair = generateKeyPairSync('ed25519')
const tokens = createAccessTokens(keysOf(), () => now_ms)
const principal: Principal = {
  user: '018bcfe5-6800-7000-8000-000000000001',
  session: '018bcfe5-6800-7000-8000-000000000002',
  name: 'Bold Otter 7 🦦',
  guest: true,
  tenant: 'main',
  roles: ['player'],
  expires_ms: now_ms + 900_000,
  key: kid,
}
const claims = { sid: principal.session, name: 'Otter', guest: true, tenant: 'main', roles: ['player'] }

/** One key, which has ended where `ended` says so; counts how often it was asked for. */
function keysOf({ privateKey, publicKey } = pair, ended = new Set<string>(), asked: string[] = []): TokenKeys {
  return {
    signer: () => ({ kid, privateKey }),
    isGood: (id) => id === kid && !ended.has(id),
    find(id) {
      asked.push(id)
      return Promise.resolve(ended.has(id) ? 'ended' : id === kid ? publicKey : undefined)
    },
  }
}

/** A token over this header and payload, signed by our own key whatever the header says. */
function signed(header: object, payload: object, key: KeyObject = pair.privateKey): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${signBy(null, Buffer.from(text), key).toString('base64url')}`
}

function byJose(header: JWTHeaderParameters, payload: Record<string, unknown> = claims): Promise<string> {
  const jwt = new SignJWT(payload).setProtectedHeader(header).setIssuer('rollingdrop').setSubject(principal.user)
  return jwt.setExpirationTime(now_ms / 1000 + 900).sign(pair.privateKey)
}

test('a token says who it was made for, and is a JWT to everybody who has the published key', async () => {
  const token = tokens.sign(principal)
  expect(await tokens.verify(token)).toEqual(principal)
  const { x } = pair.publicKey.export({ format: 'jwk' })
  const published = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: x!, alg: 'EdDSA' })
  const read = await jwtVerify(token, published, { algorithms: ['EdDSA'], currentDate: new Date(now_ms) })
  expect(read.payload).toMatchObject({ iss: 'rollingdrop', sub: principal.user, sid: principal.session })
  expect(read.protectedHeader).toEqual({ alg: 'EdDSA', kid, typ: 'JWT' })
  expect((await tokens.verify(await byJose({ alg: 'EdDSA', kid, typ: 'JWT' }))).user).toBe(principal.user)
})

test('it is worth nothing from the instant in which it expires, also where it was checked before', async () => {
  let clock_ms = principal.expires_ms - 1
  const at = createAccessTokens(keysOf(), () => clock_ms)
  const token = tokens.sign(principal)
  expect((await at.verify(token)).user).toBe(principal.user)
  clock_ms++
  await expect(at.verify(token)).rejects.toEqual(coded('auth/token-expired'))
  await expect(createAccessTokens(keysOf(), () => clock_ms).verify(token)).rejects.toEqual(coded('auth/token-expired'))
})

test('a token that was checked costs no signature the next time, and is refused as soon as its key has ended', async () => {
  const [ended, asked] = [new Set<string>(), [] as string[]]
  const at = createAccessTokens(keysOf(pair, ended, asked), () => now_ms)
  const token = tokens.sign(principal)
  for (let i = 0; i < 3; i++) expect(await at.verify(token)).toEqual(principal)
  expect(asked).toEqual([kid])
  ended.add(kid)
  await expect(at.verify(token)).rejects.toEqual(coded('auth/token-expired'))
  await expect(at.verify(tokens.sign({ ...principal, name: 'Other' }))).rejects.toEqual(coded('auth/token-expired'))
})

describe('what is refused as no token of ours', () => {
  const [alg, typ] = ['EdDSA', 'JWT']
  const header = { alg, kid, typ }
  const payload = { ...claims, iss: 'rollingdrop', sub: principal.user, exp: now_ms / 1000 + 900 }

  test('another algorithm than ours in the header, whatever the signature', async () => {
    for (const other of [
      { alg: 'none', kid, typ },
      { alg: 'HS256', kid, typ },
      { alg: 'RS256', kid, typ },
      { alg: 'eddsa', kid, typ },
      { typ, kid, alg },
      { alg, typ },
      { alg, kid, typ, crit: ['exp'] },
      { alg, kid: '../../dev/null', typ },
      { alg, kid: 'k2', typ },
      { alg, kid, typ, jwk: pair.publicKey.export({ format: 'jwk' }) },
    ])
      await expect(tokens.verify(signed(other, payload)), JSON.stringify(other)).rejects.toEqual(
        coded('auth/token-invalid'),
      )
    expect((await tokens.verify(signed(header, payload))).user).toBe(principal.user)
  })

  test('the published key used as a secret, as where a checker goes by the header', async () => {
    const secret = pair.publicKey.export({ format: 'der', type: 'spki' })
    for (const head of [header, { alg: 'HS256', kid, typ }]) {
      const text = [head, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      const mac = createHmac('sha512', secret).update(text).digest('base64url')
      await expect(tokens.verify(`${text}.${mac}`)).rejects.toEqual(coded('auth/token-invalid'))
    }
  })

  test('another signature, none, or the same one written otherwise', async () => {
    const token = tokens.sign(principal)
    await tokens.verify(token)
    const [head, body, signature] = token.split('.') as [string, string, string]
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    // The last sign of 86 carries four bits that belong to no byte.
    const twin = signature.slice(0, 85) + alphabet[alphabet.indexOf(signature[85]!) ^ 1]
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(signature, 'base64url'))
    for (const other of ['', twin, `${signature}=`, signature.slice(0, 85), `${signature}A`, 'A'.repeat(86)])
      await expect(tokens.verify(`${head}.${body}.${other}`)).rejects.toEqual(coded('auth/token-invalid'))
    for (const text of ['', '.', '..', `${head}.${body}`, `${token}.`, ` ${token}`, `${token}\n`])
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
      await expect(tokens.verify(signed(header, { ...payload, ...change }))).rejects.toEqual(
        coded('auth/token-invalid'),
      )
  })

  test('a token of another key under the name of ours', async () => {
    const foreign = createAccessTokens(keysOf(generateKeyPairSync('ed25519')), () => now_ms).sign(principal)
    await expect(tokens.verify(foreign)).rejects.toEqual(coded('auth/token-invalid'))
    await expect(tokens.verify(`${foreign.slice(0, -4)}${randomBytes(3).toString('base64url')}`)).rejects.toEqual(
      coded('auth/token-invalid'),
    )
  })
})
