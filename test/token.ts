import { generateKeyPairSync } from 'node:crypto'
import type pg from 'pg'
import type { Principal } from '../access/access.ts'
import { createSealer } from '../access/seal.ts'
import { signerAt, SigningKeyStore } from '../access/signing-key.ts'
import type { TokenKeys } from '../access/signing-keys.ts'
import { createAccessTokens } from '../access/token.ts'

/** Signs any token as the nodes of a database do; `forged` ones name the key that signs there and are signed by another. */
export async function tokenSigner(pool: pg.Pool, secretKey: Uint8Array, { forged = false } = {}) {
  const keys = await new SigningKeyStore(pool, createSealer(secretKey)).all()
  const { kid, privateKey } = signerAt(keys, Date.now())!
  const signer = () => ({ kid, privateKey: forged ? generateKeyPairSync('ed25519').privateKey : privateKey! })
  const unused = { find: () => Promise.resolve(undefined), isGood: () => true }
  const tokens = createAccessTokens({ ...unused, signer } satisfies TokenKeys, Date.now)
  return (principal: Principal): string => tokens.sign(principal)
}
