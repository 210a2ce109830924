import { createCipheriv } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { checkpoints, drawInto, judge, newTally, note } from '../game/box/simulate.ts'
import type { Box } from '../schema/box.ts'
import type { Simulation } from '../schema/box-admin.ts'

/** What the thread is told: the seed as 64 hex digits. */
export type SimulationOrder = Readonly<{ box: Box; seed: string; draws: number }>
/** What it says now and then, and in the end. */
export type SimulationNews = Readonly<{ drawn: number; simulation?: Simulation }>

const BLOCK_BYTES = 32
const CHUNK_BLOCKS = 8_192
/** So often it says how far it is. */
const STRETCH_DRAWS = 250_000

const { box, seed, draws } = workerData as SimulationOrder
const next = stream(seed)
const tally = newTally(box)
let drawn = 0
for (const point of checkpoints(draws)) {
  while (drawn < point) {
    const count = Math.min(STRETCH_DRAWS, point - drawn)
    drawInto(tally, count, next)
    drawn += count
    tell({ drawn })
  }
  note(tally)
}
tell({ drawn, simulation: judge(tally) })

/** The key stream of AES-256-CTR under the seed, from counter 0 on, 32 bytes a call. */
function stream(key: string): () => DataView {
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(key, 'hex'), Buffer.alloc(16))
  const zeros = Buffer.alloc(CHUNK_BLOCKS * BLOCK_BYTES)
  let chunk = cipher.update(zeros)
  let at = 0
  return () => {
    if (at === chunk.length) {
      chunk = cipher.update(zeros)
      at = 0
    }
    const block = new DataView(chunk.buffer, chunk.byteOffset + at, BLOCK_BYTES)
    at += BLOCK_BYTES
    return block
  }
}

function tell(news: SimulationNews): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is a window's
  parentPort!.postMessage(news)
}
