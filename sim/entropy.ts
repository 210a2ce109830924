import { hash } from 'node:crypto'
import type { Sealer } from '../access/seal.ts'
import type { Entropy } from '../entropy/entropy.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'

/** How often the virtual source gives a value. */
export const PERIOD_MS = 500

/** A public source of values, one each half second of true time; some come late, and some can not be had at first. */
export class VirtualSource {
  readonly #schedule: Schedule
  readonly #random: Random

  constructor(schedule: Schedule, random: Random) {
    this.#schedule = schedule
    this.#random = random
  }

  /** The source as one machine reaches it. */
  for(machine: Machine): Entropy {
    return {
      fix: (now_ms) => {
        const round = Math.ceil(now_ms / PERIOD_MS) + 1
        return { source: 'chain:virtual', round, due_ms: round * PERIOD_MS, anchor: hash('sha256', 'anchor') }
      },
      value: ({ round }) => this.#value(round, machine),
      lead_ms: async () => PERIOD_MS,
      published: () => [],
      close: () => {},
    }
  }

  #value(round: number, machine: Machine): Promise<Readonly<{ entropyValue: string }>> {
    const draws = this.#random.fork(String(round))
    const entropyValue = draws.hex32()
    const late_ms = draws.chance(200) ? draws.between(500, 4_000) : draws.below(50)
    const there_ms = round * PERIOD_MS + late_ms
    const fails = draws.chance(100) && this.#schedule.now_ms < there_ms
    return new Promise((resolve, reject) => {
      const answer = () => (fails ? reject(new Error('the source cannot be reached')) : resolve({ entropyValue }))
      this.#schedule.at(there_ms, () => machine.enter(answer))
    })
  }
}

/** Seals so that the same text is always sealed alike, without the text standing in it. For simulations only. */
export const simSealer: Sealer = {
  seal: (text, context) => mask(Buffer.from(text), context).toString('base64url'),
  open: (sealed, context) => mask(Buffer.from(sealed, 'base64url'), context).toString(),
  word: (context) => hash('sha256', `word/${context}`, 'base64url').slice(0, 22),
}

function mask(bytes: Buffer, context: string): Buffer {
  const key = hash('sha256', `sim/${context}`, 'buffer')
  return bytes.map((byte, index) => byte ^ key[index % key.length]!) as Buffer
}
