import type { TenantId } from '../../schema/account.ts'
import { AMOUNT_MAX, sum } from '../../schema/amount.ts'
import type { BattleCreated, BattleJoined } from '../../schema/battle-event.ts'
import { hashBox, PRIZES_MAX, WEIGHT_SUM_MAX, weightSum, type Box } from '../../schema/box.ts'
import type { Transfer } from '../../schema/outcome.ts'
import { boxesHash } from '../fairness/commitment.ts'
import { isHex32 } from '../fairness/seed.ts'
import { accept, reject } from './decision.ts'
import { whyNotBorrow, whyNotTogether, type Options } from './options.ts'
import { ruleOf } from './sides.ts'
import { entryOf, remembered, sponsorships, stakes } from './stake.ts'
import type { Battle, Decision, Seat } from './state.ts'

const ROUNDS_MAX = 50

/**
 * What a battle is made of. `boxes` are those of the rounds, one a round, in the order they are opened; `wait_ms` is how
 * long it waits for players, `reveal_ms` (at least 1) how long each round is shown. Of the options, those left out are
 * those of a plain battle; `borrow` is the percent of the own stake that the creator borrows, `taken` what all of it takes
 * from the creator's budgets.
 */
export type NewBattle = Readonly<
  Pick<Options, 'mode' | 'seats'> &
    Partial<Omit<Options, 'mode' | 'seats'>> & {
      id: string
      tenant: TenantId
      boxes: readonly Box[]
      unlisted: boolean
      fast?: boolean
      /** Skus of limited stock; those that are in no box are left out. */
      limited?: readonly string[]
      creator: Readonly<{
        user: string
        name: string
        clientSeed: string
        borrow?: number
        taken?: readonly Transfer[]
      }>
      seedHash: string
      sealedSeed: string
      wait_ms: number
      reveal_ms: number
    }
>

/**
 * Opens a battle; its creator pays for seat 0 and sits there, and pays what is sponsored of the other seats. Refuses with `battle/options` (its `details.reason` says
 * which) what does not go together, and with `request/invalid` a client seed that is none.
 */
export function createBattle(input: NewBattle, now_ms: number): Decision {
  if (!isHex32(input.creator.clientSeed)) return reject('request/invalid', { field: 'clientSeed' })
  const reason = whyNot(input)
  if (reason) return reject('battle/options', { reason })
  const battle = newBattle(input, now_ms)
  return accept(battle, {
    kind: 'battle.create',
    transfers: [
      ...(input.creator.taken ?? []),
      ...stakes(battle, 0, battle.seats[0]!),
      ...sponsorships(battle, battle.seats.length - 1),
    ],
    events: [
      { type: 'battle.created', payload: created(battle) },
      { type: 'battle.joined', payload: creatorJoined(battle) },
    ],
    wake_at_ms: battle.expires_ms,
    finished: false,
  })
}

function optionsOf({ mode, seats, teamSize = 1, sponsor = 0, minLevel = 0, borrowMax = 0 }: NewBattle): Options {
  return { mode, seats, teamSize, sponsor, minLevel, borrowMax }
}

/** Why no battle can be made of this; undefined when it can. */
function whyNot(input: NewBattle): string | undefined {
  const { boxes, seedHash, wait_ms, reveal_ms, creator } = input
  const options = optionsOf(input)
  if (boxes.length < 1 || boxes.length > ROUNDS_MAX) return `1 … ${ROUNDS_MAX} rounds`
  if (boxes.some((box) => box.asset !== boxes[0]!.asset)) return 'all boxes cost the same asset'
  if (!boxes.every(canBeOpened)) return 'every box holds prizes with whole weights from 1 on'
  if (!isHex32(seedHash)) return 'the hash of the server seed is 64 hex digits'
  if (!(wait_ms > 0 && reveal_ms >= 1)) return 'times are positive'
  return (
    whyNotTogether(options) ?? whyNotBorrow(creator.borrow ?? 0, options.borrowMax) ?? whyNotCounted(boxes, options)
  )
}

/** No sum of stakes, of prizes or of odds may pass what can be counted. The odds of a crazy jackpot sum to several pots. */
function whyNotCounted(boxes: readonly Box[], { mode, seats }: Options): string | undefined {
  const price = boxes.reduce((total, box) => total + box.price, 0n)
  if (price === 0n) return 'a seat costs something'
  const most = boxes.reduce((total, box) => total + bestOf(box), 0n)
  const pots = mode === 'crazy-jackpot' ? BigInt(seats - 1) : 1n
  const larger = price > most * pots ? price : most * pots
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
  const { mode, teamSize, sponsor, minLevel, borrowMax } = optionsOf(input)
  const { user, name, clientSeed, borrow = 0, taken = [] } = input.creator
  const first: Seat = { user, name, bot: false, clientSeed, borrow, ...remembered(taken, now_ms) }
  return {
    id: input.id,
    tenant: input.tenant,
    phase: 'waiting',
    mode,
    teamSize,
    asset: boxes[0]!.asset,
    price: sum(input.boxes.map((box) => box.price)),
    sponsor,
    minLevel,
    borrowMax,
    boxes,
    rounds,
    limited: limitedOf(boxes, input.limited ?? []),
    seats: [first, ...Array.from({ length: input.seats - 1 }, () => null)],
    creator: input.creator.user,
    unlisted: input.unlisted,
    fast: input.fast ?? false,
    created_ms: now_ms,
    expires_ms: now_ms + input.wait_ms,
    seedHash: input.seedHash,
    boxesHash: boxesHash(boxes, rounds, ruleOf(mode, { seats: input.seats, teamSize })),
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

function limitedOf(boxes: readonly Box[], limited: readonly string[]): Battle['limited'] {
  const skus = new Set(boxes.flatMap(({ prizes }) => prizes.map(({ sku }) => sku)))
  return [...skus].filter((sku) => limited.includes(sku)).map((sku) => ({ sku, reserved: 0 }))
}

function created(battle: Battle): BattleCreated {
  return {
    battle: battle.id,
    creator: battle.creator,
    mode: battle.mode,
    rounds: battle.rounds.map((box) => battle.boxes[box]!.id),
    seats: battle.seats.length,
    teamSize: battle.teamSize,
    asset: battle.asset,
    price: battle.price.toString(),
    entry: entryOf(battle).toString(),
    sponsor: battle.sponsor,
    minLevel: battle.minLevel,
    borrowMax: battle.borrowMax,
  }
}

function creatorJoined(battle: Battle): BattleJoined {
  return { battle: battle.id, seat: 0, user: battle.creator, bot: false }
}
