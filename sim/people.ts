import { type Wish } from './node.ts'
import { whyNotTogether } from '../game/battle/options.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { PLAY_CREDIT } from '../schema/asset.ts'
import { battleModes } from '../schema/battle-mode.ts'
import type { Box } from '../schema/box.ts'
import type { Client, ClientOptions, Deed } from './client.ts'
import type { Random } from './random.ts'

export const USERS = Array.from({ length: 7 }, (_, index) => `user-${index + 1}`)

/** One box a round, with prizes whose names occur nowhere else and so give a round away. */
const BOXES: readonly Box[] = Array.from({ length: 5 }, (_, box) => ({
  id: `box-${box}`,
  version: 1,
  name: `Box ${box}`,
  asset: PLAY_CREDIT,
  price: toAmount(BigInt(101 + 37 * box)),
  prizes: [1, 2, 3].map((prize) => ({
    sku: `b${box}thing${prize}`,
    name: `Thing ${prize}`,
    rarity: 'common',
    weight: 4 - prize,
    value: toAmount(BigInt(prize * 91 + box)),
  })),
}))

/** A battle to come: when it is created, of what, and who comes. */
export type Plan = Readonly<{ at_ms: number; wish: Wish; clients: readonly ClientOptions[] }>

export function planBattle(random: Random, index: number, start_ms: number): Plan {
  const at_ms = random.below(8_000)
  const id = random.uuid(start_ms)
  const creator = { user: random.pick(USERS), clientSeed: random.hex32() }
  const options = optionsOf(random)
  const first = random.below(3)
  const boxes = BOXES.slice(first, first + random.between(1, 5))
  const wish: Wish = {
    ...options,
    id,
    tenant: MAIN_TENANT,
    boxes,
    unlisted: random.chance(200),
    creator: { ...creator, name: creator.user },
    wait_ms: random.between(6_000, 24_000),
    reveal_ms: random.between(150, 900),
  }
  // A battle that nobody watches has to end as well.
  const everybodyLeaves = random.chance(250)
  const tab = (user: string | null, deeds: readonly Deed[], n: number): ClientOptions => {
    const name = `b${index}-${user ?? 'spectator'}-${n}`
    const from_ms = at_ms + random.below(6_000)
    const leaves = everybodyLeaves || random.chance(150)
    return { name, user, battle: id, from_ms, deeds, ...(leaves && { stays_ms: random.between(500, 9_000) }) }
  }
  const others = USERS.filter((user) => user !== creator.user)
  const guests = Array.from({ length: random.between(1, options.seats + 1) }, () => random.pick(others))
  const clients = [
    tab(creator.user, creatorDeeds(random, options.seats), 0),
    ...guests.map((user, n) => tab(user, guestDeeds(random, options), n + 1)),
    ...Array.from({ length: random.below(3) }, (_, n) => tab(null, [], n + 10)),
  ]
  return { at_ms, wish, clients }
}

function optionsOf(random: Random) {
  for (;;) {
    const options = {
      mode: random.pick(battleModes),
      seats: random.pick([2, 2, 2, 3, 4, 6]),
      teamSize: random.pick([1, 1, 1, 2, 3]),
      sponsor: random.pick([0, 0, 0, 30, 100]),
      minLevel: 0,
      borrowMax: random.pick([0, 0, 50]),
    }
    if (whyNotTogether(options) === undefined) return options
  }
}

/** Calls bots, now and then cancels; two deeds may follow each other at once. */
function creatorDeeds(random: Random, seats: number): readonly Deed[] {
  const deeds: Deed[] = []
  let after_ms = random.between(200, 4_000)
  if (random.chance(150)) deeds.push({ type: 'cancel', message: {}, after_ms: random.between(100, 8_000) })
  if (random.chance(700))
    for (let seat = 1; seat < seats; seat++) {
      deeds.push({ type: 'callBot', message: { seat }, after_ms })
      after_ms += random.below(1_500)
    }
  return deeds
}

/** Takes a seat, perhaps leaves it and takes another; the same user may do so in two tabs at once. */
function guestDeeds(random: Random, { seats, borrowMax }: Readonly<{ seats: number; borrowMax: number }>): Deed[] {
  const join = (after_ms: number): Deed => {
    const borrow = random.pick([0, borrowMax])
    return {
      type: 'join',
      message: { seat: random.between(1, seats - 1), clientSeed: random.hex32(), borrow },
      after_ms,
    }
  }
  const first_ms = random.below(5_000)
  if (!random.chance(250)) return [join(first_ms)]
  const leave: Deed = { type: 'leave', message: {}, after_ms: first_ms + random.below(2_000) }
  return [join(first_ms), leave, join(first_ms + 2_500)]
}

/** Those who have not seen the end yet. */
export function waitingOf(clients: readonly Client[]): readonly string[] {
  return clients.filter(({ isDone }) => !isDone).map(({ name }) => name)
}
