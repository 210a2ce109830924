import { fetchBeacon, HttpCachingChain, HttpChainClient } from 'drand-client'
import { createBreaker, type Breaker } from '../access/breaker.ts'
import type { PublicValue } from '../game/battle/reveal.ts'
import { beaconDue, beaconValue, fixBeacon, QUICKNET } from '../game/fairness/beacon.ts'
import type { EntropyRef } from '../schema/battle-event.ts'
import { pause, wallClock, type Clock } from './clock.ts'
import type { Entropy } from './entropy.ts'

export type DrandOptions = Readonly<{
  /** Relays of the network; none of them is trusted. */
  urls: readonly string[]
  clock?: Clock
  /** How long a relay may take, and how long after all of them failed they are asked again. */
  timeout_ms?: number
  retry_ms?: number
  /** How long a relay is left alone that has not answered several times in a row. */
  rest_ms?: number
  log?: Readonly<{ warn(fields: object, message: string): void }>
}>

/** The League of Entropy's own relays. */
export const DRAND_URLS: readonly string[] = [
  'https://api.drand.sh',
  'https://api2.drand.sh',
  'https://api3.drand.sh',
  'https://drand.cloudflare.com',
]

/** Battles that start together wait for one round: it is fetched once. */
const ROUNDS_KEPT = 64

/** Of each relay. That it has a round not yet, or another one, is an answer. */
const PATIENCE = { timeout_ms: 5_000, at_once_max: ROUNDS_KEPT, waiting_max: ROUNDS_KEPT, failures: 5, rest_ms: 3_000 }

type Relay = Readonly<{ url: string; breaker: Breaker }>

const SOURCE = `drand:${QUICKNET.chain}`

/**
 * Public values of drand's `quicknet`: nobody, its operators taken one by one included, can know a round before it is due.
 * What a relay answers counts only when its signature is the network's. A round that is late is waited for, however long.
 */
export function createDrand(options: DrandOptions): Entropy {
  return new DrandEntropy(options)
}

class DrandEntropy implements Entropy {
  readonly beacon: NonNullable<Entropy['beacon']>
  readonly #options: DrandOptions
  readonly #clock: Clock
  readonly #relays: readonly Relay[]
  readonly #rounds = new Map<number, Promise<PublicValue>>()
  #closed = false

  constructor(options: DrandOptions) {
    this.#options = options
    this.beacon = { ...QUICKNET, urls: options.urls.map(withoutSecrets) }
    this.#clock = options.clock ?? wallClock
    const { timeout_ms = PATIENCE.timeout_ms, rest_ms = PATIENCE.rest_ms } = options
    this.#relays = options.urls.map((url) => ({
      url,
      breaker: createBreaker({ ...PATIENCE, name: 'drand relay', timeout_ms, rest_ms }),
    }))
  }

  fix(now_ms: number) {
    return fixBeacon(QUICKNET, now_ms)
  }

  async value({ source, round }: Pick<EntropyRef, 'source' | 'round'>): Promise<PublicValue> {
    if (source !== SOURCE) throw new Error(`${source} is not drand's quicknet`)
    const known = this.#rounds.get(round)
    if (known) return known
    const coming = this.#await(round)
    this.#rounds.set(round, coming)
    coming.catch(() => this.#rounds.delete(round))
    if (this.#rounds.size > ROUNDS_KEPT) this.#rounds.delete(this.#rounds.keys().next().value!)
    return coming
  }

  async lead_ms(): Promise<number> {
    return 2 * QUICKNET.period_ms
  }

  published(): readonly [] {
    return []
  }

  close(): void {
    this.#closed = true
  }

  /** Asks one relay after the other, from the round's time on, until one of them has it. */
  async #await(round: number): Promise<PublicValue> {
    const { retry_ms = 1_000, log } = this.#options
    const due_ms = beaconDue(QUICKNET, round)
    if (this.#clock.now() < due_ms) await pause(this.#clock, due_ms - this.#clock.now())
    for (let attempt = 1; ; attempt++) {
      for (const { url, breaker } of this.#relays) {
        if (this.#closed) throw new Error('drand is not asked any more')
        try {
          const answer = await breaker.run(() => fetchRound(url, round).catch(answerOf))
          if (answer instanceof Error) throw answer
          return answer
        } catch (error) {
          // Ever more seldom: who waits for hours need not be told every second.
          if (isPowerOfTwo(attempt)) log?.warn({ error, url, round, attempt }, 'a drand relay did not give a round')
        }
      }
      await pause(this.#clock, retry_ms)
    }
  }
}

/** The round from one relay, its signature verified against the network's key, which is not the relay's to say. */
async function fetchRound(url: string, round: number): Promise<PublicValue> {
  const { chain: chainHash, publicKey } = QUICKNET
  const verified = {
    disableBeaconVerification: false,
    noCache: true,
    chainVerificationParams: { chainHash, publicKey },
  }
  const relay = new HttpChainClient(new HttpCachingChain(`${url}/${chainHash}`, verified), verified)
  const { signature } = await fetchBeacon(relay, round)
  const entropyValue = beaconValue(signature)
  if (entropyValue === undefined) throw new Error('the signature of the round is not hex')
  return { entropyValue, signature }
}

/** Why a relay that answered did not give the round. @throws what `fetch` throws where there was no answer */
function answerOf(error: Error): Error {
  if (error instanceof TypeError) throw error
  return error
}

/** A relay's address as anybody may see it: what stands in it to be let in is not told. */
function withoutSecrets(url: string): string {
  const { origin, pathname } = new URL(url)
  return pathname === '/' ? origin : origin + pathname
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n))
}
