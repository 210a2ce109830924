import { createHash } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { verifyBeacon } from '../client-sdk/verify-beacon.ts'
import { accepted, newBattle, player, SERVER_SEED } from '../game/battle/arbitrary.ts'
import { createBattle } from '../game/battle/create.ts'
import { resolve } from '../game/battle/draw.ts'
import { proofOf } from '../game/battle/proof.ts'
import { drawn, settlesAt } from '../game/battle/reveal.ts'
import { join } from '../game/battle/seat.ts'
import { settle } from '../game/battle/settle.ts'
import { verifyBattle } from '../game/battle/verify.ts'
import { beaconDue, QUICKNET } from '../game/fairness/beacon.ts'
import { stillClock } from '../test/still-clock.ts'
import { createDrand, type DrandOptions } from './drand.ts'
import type { Entropy } from './entropy.ts'

// A round of quicknet as it was published, served by relays of our own: no test asks the network.

const ROUND = 657_413
const SIGNATURE = 'b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b'
const VALUE = 'fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587'
const SOURCE = `drand:${QUICKNET.chain}`
const DUE_MS = beaconDue(QUICKNET, ROUND)

const sha256 = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')
const beacon = (signature = SIGNATURE, round = ROUND) => ({ round, signature, randomness: sha256(signature) })
/** Consistent in itself: only the check of the signature can refuse it. */
const forged = beacon(`${SIGNATURE.slice(0, -1)}c`)
const info = {
  public_key: QUICKNET.publicKey,
  period: 3,
  genesis_time: 1_692_803_367,
  hash: QUICKNET.chain,
  groupHash: 'f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e',
  schemeID: 'bls-unchained-g1-rfc9380',
  metadata: { beaconID: 'quicknet' },
}

type Relay = Readonly<{ url: string; asked: string[] }>
const running: { close(): unknown }[] = []
afterEach(() => running.splice(0).forEach((each) => each.close()))

/** A relay that answers with what `answer` gives for the n-th request of a round; undefined is "not there yet". */
async function relay(answer: (n: number) => object | undefined): Promise<Relay> {
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    const isInfo = request.url!.endsWith('/info')
    // The client adds the time, so that no cache between keeps it waiting for a late round.
    if (!isInfo) asked.push(request.url!.split('?')[0]!)
    const body = isInfo ? info : answer(asked.length)
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  running.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function open(relays: readonly Relay[], options: Partial<DrandOptions> = {}): Entropy {
  const entropy = createDrand({ urls: relays.map(({ url }) => url), retry_ms: 5, ...options })
  running.push(entropy)
  return entropy
}

const valueOf = (entropy: Entropy) => entropy.value({ source: SOURCE, round: ROUND })

describe('the round that decides', () => {
  test('is due at least two periods and the time of a commit later, and no later than it must be', () => {
    const entropy = open([])
    for (let late_ms = 0; late_ms < 6_000; late_ms += 250) {
      const now_ms = DUE_MS + late_ms
      const { source, round, due_ms, anchor } = entropy.fix(now_ms)
      expect([source, anchor, due_ms]).toEqual([SOURCE, QUICKNET.publicKey, beaconDue(QUICKNET, round)])
      expect(due_ms - now_ms).toBeGreaterThanOrEqual(7_000)
      expect(due_ms - now_ms).toBeLessThan(10_000)
    }
    expect(beaconDue(QUICKNET, 1)).toBe(1_692_803_367_000)
  })
})

describe('the value of a round', () => {
  test('is had with its signature, once for all who wait for it', async () => {
    const one = await relay(() => beacon())
    const entropy = open([one])
    const values = await Promise.all([valueOf(entropy), valueOf(entropy), valueOf(entropy)])
    expect(values).toEqual(values.map(() => ({ entropyValue: VALUE, signature: SIGNATURE })))
    expect(one.asked).toEqual([`/${QUICKNET.chain}/public/${ROUND}`])
  })

  test('is not asked for before it is due', async () => {
    const one = await relay(() => beacon())
    const clock = stillClock(DUE_MS - 1)
    const coming = valueOf(open([one], { clock }))
    await new Promise((wait) => setTimeout(wait, 30))
    expect(one.asked).toEqual([])
    clock.move(1)
    expect(await coming).toMatchObject({ entropyValue: VALUE })
  })

  test('is not taken from a relay that forges it, gives another round or fails, as long as another one has it', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {}) // drand-client says there what it refuses.
    const bad = [
      await relay(() => forged),
      await relay(() => beacon(SIGNATURE, ROUND + 1)),
      await relay(() => ({ ...beacon(), randomness: 'ab'.repeat(32) })),
      await relay(() => undefined),
      { url: 'http://127.0.0.1:1', asked: [] },
    ]
    const honest = await relay(() => beacon())
    const warned: string[] = []
    const log = { warn: (fields: object) => void warned.push((fields as { url: string }).url) }
    expect(await valueOf(open([...bad, honest], { log }))).toMatchObject({ entropyValue: VALUE })
    expect(warned).toEqual(bad.map(({ url }) => url))
  })

  test('is waited for when it is late, and no other round takes its place', async () => {
    const late = await relay((n) => (n > 3 ? beacon() : undefined))
    expect(await valueOf(open([late]))).toMatchObject({ entropyValue: VALUE })
    expect(new Set(late.asked)).toEqual(new Set([`/${QUICKNET.chain}/public/${ROUND}`]))
    expect(late.asked.length).toBe(4)
  })

  test('is given up when a relay hangs, and asked of the next one', async () => {
    const hanging = http.createServer(() => {})
    await new Promise<void>((done) => void hanging.listen(0, '127.0.0.1', done))
    running.push({ close: () => hanging.closeAllConnections() }, hanging)
    const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
    const entropy = open([{ url, asked: [] }, await relay(() => beacon())], { timeout_ms: 50 })
    expect(await valueOf(entropy)).toMatchObject({ entropyValue: VALUE })
  })

  test('is not asked of a relay that has not answered five times in a row, and asked of it again after its rest', async () => {
    let asked = 0
    let isBack = false
    const relayed = await relay(() => beacon())
    const silent = http.createServer((request, response) => {
      asked++
      if (isBack) response.writeHead(307, { location: `${relayed.url}${request.url}` }).end()
    })
    await new Promise<void>((done) => void silent.listen(0, '127.0.0.1', done))
    running.push({ close: () => silent.closeAllConnections() }, silent)
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const refused: unknown[] = []
    const log = { warn: (fields: object) => void refused.push((fields as { error: unknown }).error) }
    const coming = valueOf(open([{ url, asked: [] }], { timeout_ms: 300, rest_ms: 1_500, log }))
    const busy = expect.objectContaining({ code: 'server/busy' })
    await vi.waitFor(() => expect(refused).toContainEqual(busy), { timeout: 10_000 })
    expect(asked).toBe(5)
    isBack = true
    expect(await coming).toMatchObject({ entropyValue: VALUE })
    expect(relayed.asked).toHaveLength(1)
  })

  test('is asked for on and on where the relay answers that it is not there yet', async () => {
    const late = await relay((n) => (n > 20 ? beacon() : undefined))
    expect(await valueOf(open([late], { rest_ms: 60_000 }))).toMatchObject({ entropyValue: VALUE })
    expect(late.asked).toHaveLength(21)
  })

  test('is not waited for any more once the source is closed, nor had of another network', async () => {
    const entropy = open([await relay(() => undefined)])
    const coming = valueOf(entropy)
    entropy.close()
    await expect(coming).rejects.toThrow('not asked any more')
    await expect(entropy.value({ source: 'drand:other', round: 1 })).rejects.toThrow('quicknet')
  })
})

describe('the proof of a battle decided by drand', () => {
  const fix = { source: SOURCE, round: ROUND, due_ms: DUE_MS, anchor: QUICKNET.publicKey }
  const value = { entropyValue: VALUE, signature: SIGNATURE }
  let { battle } = accepted(createBattle(newBattle(), DUE_MS - 9_000))
  battle = accepted(join(battle, player('bob', 1), DUE_MS - 8_000, fix)).battle
  battle = accepted(drawn(battle, value, DUE_MS)).battle
  const result = resolve(battle, { serverSeed: SERVER_SEED, entropyValue: VALUE })
  battle = accepted(settle(battle, { serverSeed: SERVER_SEED, result }, settlesAt(battle)!)).battle
  const proof = proofOf(battle)
  const failing = (changed: Partial<NonNullable<typeof proof.entropy>>, verify?: typeof verifyBeacon) =>
    verifyBattle({ ...proof, entropy: { ...proof.entropy!, ...changed } }, {}, verify)
      .stages.filter(({ ok }) => !ok)
      .map(({ name, detail }) => `${name}: ${detail}`)

  test('verifies with the signature, for whoever can check it', () => {
    expect(failing({}, verifyBeacon)).toEqual([])
    expect(failing({})).toEqual([expect.stringMatching(/^randomness: .* cannot be checked here$/)])
  })

  test('fails in the stage of the randomness when round, signature, value, key or network is another one', () => {
    const { signature: _, ...unsigned } = proof.entropy!
    expect(verifyBattle({ ...proof, entropy: unsigned }, {}, verifyBeacon).stages[1]!.ok).toBe(false)
    for (const changed of [
      { round: ROUND + 1 },
      { round: 2 ** 60 },
      { signature: forged.signature, value: forged.randomness },
      { signature: SIGNATURE.toUpperCase() },
      { signature: '' },
      { value: 'ab'.repeat(32) },
      { anchor: 'ab'.repeat(96) },
      { source: 'drand:' },
      { source: 'drand' },
    ]) {
      expect(failing(changed, verifyBeacon)[0]).toMatch(/^randomness/)
    }
  })
})
