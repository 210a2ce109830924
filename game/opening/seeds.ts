import type { EventDraft } from '../../schema/event.ts'
import type { OwnSeeds, SeedsCommitted, SeedsRotated } from '../../schema/opening.ts'
import { isHex32 } from '../fairness/seed.ts'
import type { Decision, Effects, EndedPair, Pair, SealedSeed, Seeds } from './state.ts'

/** The seeds of somebody who has none: the first server seed is committed to, and waits for a client seed. */
export function firstSeeds(
  owner: Pick<Seeds, 'user' | 'tenant'>,
  next: SealedSeed,
): Readonly<{ seeds: Seeds; effects: Effects }> {
  const seeds: Seeds = { pairs: 0, ...owner, next, current: null, last: null }
  return { seeds, effects: { kind: 'seeds.commit', transfers: [], events: [committed(seeds)] } }
}

/**
 * Begins the pair `next` with a client seed, reveals the pair in use until now, of which `serverSeed` is the seed (null when
 * there is none), and commits to `following`. Refuses with `seeds/unknown` when `wanted.seeds` is not the next pair, and with
 * `request/invalid` what is no client seed, or is that of the pair in use: it was known when the next server seed was chosen.
 */
export function beginPair(
  seeds: Seeds,
  wanted: Readonly<{ seeds: string; clientSeed: string }>,
  fresh: Readonly<{ serverSeed: string | null; following: SealedSeed }>,
): Decision {
  const { current, next } = seeds
  if (wanted.seeds !== next.id) return { ok: false, code: 'seeds/unknown', details: { next: next.id } }
  if (!isHex32(wanted.clientSeed)) return invalid('a client seed is 64 lower-case hex digits')
  if (wanted.clientSeed === current?.clientSeed) return invalid('this client seed was used before; give another one')
  const last = current === null ? seeds.last : ended(current, fresh.serverSeed)
  const begun: Pair = { ...next, clientSeed: wanted.clientSeed, nonce: 0 }
  const after: Seeds = { ...seeds, pairs: seeds.pairs + 1, current: begun, next: fresh.following, last }
  const events = current === null ? [committed(after)] : [rotated(after, last!), committed(after)]
  return { ok: true, seeds: after, effects: { kind: 'seeds.begin', transfers: [], events } }
}

/** Whether this is what an earlier copy of the command has done. */
export function isBegun({ current }: Seeds, wanted: Readonly<{ seeds: string; clientSeed: string }>): boolean {
  return current !== null && current.id === wanted.seeds && current.clientSeed === wanted.clientSeed
}

/** The seeds as their owner may know them. */
export function ownSeedsOf({ current, next, last }: Seeds): OwnSeeds {
  return {
    current: current && {
      seeds: current.id,
      seedHash: current.seedHash,
      clientSeed: current.clientSeed,
      nonce: current.nonce,
    },
    next: { seeds: next.id, seedHash: next.seedHash },
    last,
  }
}

function ended({ id, seedHash, clientSeed, nonce }: Pair, serverSeed: string | null): EndedPair {
  if (serverSeed === null) throw new Error(`pair ${id} ends without its server seed`)
  return { seeds: id, seedHash, serverSeed, clientSeed, nonces: nonce }
}

function committed({ user, current, next }: Seeds): EventDraft {
  const pair = current && { seeds: current.id, seedHash: current.seedHash, clientSeed: current.clientSeed }
  const payload: SeedsCommitted = { user, current: pair, next: { seeds: next.id, seedHash: next.seedHash } }
  return { type: 'seeds.committed', user, payload }
}

function rotated({ user }: Seeds, last: EndedPair): EventDraft {
  const payload: SeedsRotated = { ...last, user }
  return { type: 'seeds.rotated', user, payload }
}

function invalid(message: string): Decision {
  return { ok: false, code: 'request/invalid', details: { issues: [{ path: 'clientSeed', message }] } }
}
