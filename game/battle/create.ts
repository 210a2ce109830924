import type { TenantId } from '../../schema/account.ts'
import { AMOUNT_MAX, sum } from '../../schema/amount.ts'
import type { BattleCreated, BattleJoined } from '../../schema/battle-event.ts'
import { hashBox, PRIZES_MAX, WEIGHT_SUM_MAX, weightSum, type Box } from '../../schema/box.ts'
import { boxesHash } from '../fairness/commitment.ts'
import { isHex32 } from '../fairness/seed.ts'
import { accept, reject, stake } from './decision.ts'
import type { Battle, Decision, Seat } from './state.ts'

const ROUNDS_MAX = 50
const SEATS_MIN = 2
const SEATS_MAX = 6

/**
 * What a battle is made of. `boxes` are those of the rounds, one a round, in the order they are opened; `wait_ms` is how
 * long it waits for players, `reveal_ms` (at least 1) how long each round is shown.
 */
export type NewBattle = Readonly<{
  id: string
  tenant: TenantId
  boxes: readonly Box[]
  mode: Battle['mode']
  seats: number
  unlisted: boolean
  creator: Readonly<{ user: string; name: string; clientSeed: string }>
  seedHash: string
  sealedSeed: string
  wait_ms: number
  reveal_ms: number
}>

/**
 * Opens a battle; its creator pays for seat 0 and sits there. Refuses with `battle/options` (its `details.reason` says
 * which) what does not go together, and with `request/invalid` a client seed that is none.
 */
export function createBattle(input: NewBattle, now_ms: number): Decision {
  if (!isHex32(input.creator.clientSeed)) return reject('request/invalid', { field: 'clientSeed' })
  const reason = whyNot(input)
  if (reason) return reject('battle/options', { reason })
  const battle = newBattle(input, now_ms)
  return accept(battle, {
    kind: 'battle.create',
    transfers: [stake(battle, battle.seats[0]!)],
    events: [
      { type: 'battle.created', payload: created(battle) },
      { type: 'battle.joined', payload: creatorJoined(battle) },
    ],
    wake_at_ms: battle.expires_ms,
    finished: false,
  })
}

/** Why no battle can be made of this; undefined when it can. */
function whyNot({ boxes, seats, seedHash, wait_ms, reveal_ms }: NewBattle): string | undefined {
  if (boxes.length < 1 || boxes.length > ROUNDS_MAX) return `1 … ${ROUNDS_MAX} rounds`
  if (!Number.isInteger(seats) || seats < SEATS_MIN || seats > SEATS_MAX) return `${SEATS_MIN} … ${SEATS_MAX} seats`
  if (boxes.some((box) => box.asset !== boxes[0]!.asset)) return 'all boxes cost the same asset'
  if (!boxes.every(canBeOpened)) return 'every box holds prizes with whole weights from 1 on'
  if (!isHex32(seedHash)) return 'the hash of the server seed is 64 hex digits'
  if (!(wait_ms > 0 && reveal_ms >= 1)) return 'times are positive'
  const price = boxes.reduce((total, box) => total + box.price, 0n)
  if (price === 0n) return 'a seat costs something'
  const most = boxes.reduce((total, box) => total + bestOf(box), 0n)
  const larger = price > most ? price : most
  return larger * BigInt(seats) > AMOUNT_MAX ? 'the stakes and the prizes can be counted' : undefined
}

function canBeOpened({ prizes, ...box }: Box): boolean {
  if (prizes.length < 1 || prizes.length > PRIZES_MAX) return false
  if (!prizes.every(({ weight }) => Number.isSafeInteger(weight) && weight >= 1)) return false
  return weightSum({ ...box, prizes }) <= WEIGHT_SUM_MAX
}

function bestOf(box: Box): bigint {
  return box.prizes.reduce<bigint>((best, { value }) => (value > best ? value : best), 0n)
}

function newBattle(input: NewBattle, now_ms: number): Battle {
  const { boxes, rounds } = distinct(input.boxes)
  const first: Seat = { ...input.creator, bot: false }
  return {
    id: input.id,
    tenant: input.tenant,
    phase: 'waiting',
    mode: input.mode,
    asset: boxes[0]!.asset,
    price: sum(input.boxes.map((box) => box.price)),
    boxes,
    rounds,
    seats: [first, ...Array.from({ length: input.seats - 1 }, () => null)],
    creator: input.creator.user,
    unlisted: input.unlisted,
    created_ms: now_ms,
    expires_ms: now_ms + input.wait_ms,
    seedHash: input.seedHash,
    boxesHash: boxesHash(boxes, rounds, input.mode),
    sealedSeed: input.sealedSeed,
    serverSeed: null,
    entropy: null,
    reveal_from_ms: null,
    reveal_ms: input.reveal_ms,
    result: null,
  }
}

/** The distinct boxes, in the order they first come, and for each round the index of its box. */
function distinct(perRound: readonly Box[]): Pick<Battle, 'boxes' | 'rounds'> {
  const hashes = perRound.map(hashBox)
  const order = [...new Set(hashes)]
  return {
    boxes: order.map((hash) => perRound[hashes.indexOf(hash)]!),
    rounds: hashes.map((hash) => order.indexOf(hash)),
  }
}

function created(battle: Battle): BattleCreated {
  return {
    battle: battle.id,
    creator: battle.creator,
    mode: battle.mode,
    rounds: battle.rounds.map((box) => battle.boxes[box]!.id),
    seats: battle.seats.length,
    asset: battle.asset,
    price: battle.price.toString(),
  }
}

function creatorJoined(battle: Battle): BattleJoined {
  return { battle: battle.id, seat: 0, user: battle.creator, bot: false }
}
