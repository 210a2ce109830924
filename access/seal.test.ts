import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { battleSeedContext, createSealer } from './seal.ts'

const key = randomBytes(32)

test('what was sealed opens again, and never looks the same twice', () => {
  const sealer = createSealer(key)
  const sealed = sealer.seal('sécret', battleSeedContext('a'))
  expect(createSealer(key).open(sealed, battleSeedContext('a'))).toBe('sécret')
  expect(sealer.seal('sécret', battleSeedContext('a'))).not.toBe(sealed)
  expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('cret')
})

test('it opens for no other context, no other key and not after a change', () => {
  const sealer = createSealer(key)
  const sealed = sealer.seal('seed', battleSeedContext('a'))
  const bytes = Buffer.from(sealed, 'base64url')
  bytes[14]! ^= 1
  expect(() => sealer.open(sealed, battleSeedContext('b'))).toThrow()
  expect(() => createSealer(randomBytes(32)).open(sealed, battleSeedContext('a'))).toThrow()
  expect(() => sealer.open(bytes.toString('base64url'), battleSeedContext('a'))).toThrow()
  expect(() => sealer.open('', battleSeedContext('a'))).toThrow('not a sealed text')
})

test('a word follows from its context and the key, and from nothing else', () => {
  const words = [createSealer(key), createSealer(randomBytes(32))].flatMap((sealer) => [
    sealer.word('a'),
    sealer.word('b'),
  ])
  expect(new Set(words).size).toBe(4)
  expect(words.every((word) => /^[\w-]{22}$/.test(word))).toBe(true)
  expect(createSealer(key).word('a')).toBe(words[0])
})

test('a key of another length is a mistake of the wiring', () => {
  expect(() => createSealer(randomBytes(16))).toThrow('32 bytes')
})
