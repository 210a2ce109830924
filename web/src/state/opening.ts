import { signal } from '@preact/signals'
import type { Verification } from '../../../client-sdk/api.ts'
import { RollingDropError } from '../../../schema/errors.ts'
import type { Opened, OpeningProof } from '../../../schema/opening.ts'
import type { FeedLine } from '../feed/line.ts'
import { sdk } from '../sdk.ts'
import { contents, loadContentsAnew } from './catalog.ts'
import { calm } from './motion.ts'
import { noteBalance, session } from './session.ts'
import { toastError } from './toast.ts'

/** `spin`: asked, and nothing is known yet; `land`: what was drawn is told and the reels come to rest on it. */
export type OpeningStage = Readonly<{ type: 'rest' | 'spin' | 'land' | 'show'; turn: number; opened: Opened | null }>

export const LAND_MS = 1_900
/** A spin is seen even where the answer is there at once. */
const SPIN_MIN_MS = 700
const RECENT_MAX = 20

export const stage = signal<OpeningStage>({ type: 'rest', turn: 0, opened: null })
/** What was opened on this visit, newest first. */
export const recent = signal<readonly Opened[]>([])
/** Checks that were made, by the opening. */
export const checks = signal<ReadonlyMap<string, Readonly<{ proof: OpeningProof; result: Verification }>>>(new Map())

/** The box whose reels are turning, and since when; what the feed tells of it meanwhile is not yet to be seen. */
let turning: Readonly<{ box: string; since_ms: number }> | null = null
/** Clocks of a browser and a server differ. */
const CLOCKS_MS = 5_000

/** Whether a line of the feed may tell what one's own reels have yet to show. */
export function isUnseen(line: FeedLine): boolean {
  const isTurning = stage.value.type === 'spin' || stage.value.type === 'land'
  if (!isTurning || turning === null || line.type !== 'opening') return false
  return line.box === turning.box && line.at_ms > turning.since_ms - CLOCKS_MS
}

/** Opens a box so many times; what comes out is decided and paid before the reels stand still. */
export async function open(box: string, count: number): Promise<void> {
  if (stage.value.type === 'spin' || stage.value.type === 'land') return
  const turn = stage.value.turn + 1
  turning = { box, since_ms: Date.now() }
  stage.value = { type: 'spin', turn, opened: null }
  const [least_ms, land_ms] = calm.value ? [0, 0] : [SPIN_MIN_MS, LAND_MS]
  try {
    // What lies in it is what was shown when this was asked for, or nothing is opened.
    const seen = contents.peek().get(box)?.hash
    const [opened] = await Promise.all([session().open(box, count, seen), after(least_ms)])
    stage.value = { type: 'land', turn, opened }
    noteBalance(opened.asset, BigInt(opened.balance))
    await after(land_ms)
    recent.value = [opened, ...recent.value].slice(0, RECENT_MAX)
    if (stage.value.turn === turn) stage.value = { type: 'show', turn, opened }
  } catch (error) {
    stage.value = { type: 'rest', turn, opened: null }
    toastError(error)
    if (error instanceof RollingDropError && error.code === 'box/changed') loadContentsAnew(box).catch(toastError)
  }
}

/** What was shown belongs to another box. */
export function clearStage(): void {
  stage.value = { type: 'rest', turn: stage.value.turn, opened: null }
}

/** Fetches the proof of an opening and recomputes it here. */
export async function check(opening: string): Promise<void> {
  try {
    const proof = await sdk.openings.proof(opening)
    const result = await sdk.openings.verify(proof)
    checks.value = new Map(checks.value).set(opening, { proof, result })
  } catch (error) {
    toastError(error)
  }
}

/** Ends the pair in use, which reveals its server seed; with a client seed of one's own or a fresh one. */
export async function changeSeeds(clientSeed: string | null): Promise<boolean> {
  try {
    await (clientSeed === null ? session().rotateSeeds() : session().setClientSeed(clientSeed))
    checks.value = new Map()
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}

export async function setLimit(asset: string, amount: bigint | null): Promise<boolean> {
  try {
    await session().setLimit(asset, amount === null ? null : `${amount}`)
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
