import { ownStake, sponsored } from '../game/battle/stake.ts'
import type { Battle } from '../game/battle/state.ts'
import { battleActor } from '../rooms/battle/rules.ts'
import { MAIN_TENANT, userOwner } from '../schema/account.ts'
import type { AssetId } from '../schema/asset.ts'
import type { Client } from './client.ts'
import type { Plan } from './people.ts'
import { USERS } from './people.ts'
import type { Version } from './history.ts'
import { frameOfBattle, frameOfView } from './witness.ts'
import type { World } from './world.ts'

/** What must hold when everything has come to rest: each battle over once, all money where it belongs, all clients told. */
export async function checkAtRest(
  world: World,
  plans: readonly Plan[],
  clients: readonly Client[],
  funds: Readonly<{ asset: AssetId; amount: bigint }>,
): Promise<void> {
  const { database, history, trace } = world
  for (const { wish } of plans) {
    const row = database.tables.finished.get(battleActor(wish.id))
    if (!row) trace.broke(`battle ${wish.id} is not over`)
    const ends = history.of(wish.id).filter(({ battle }) => isOver(battle))
    if (ends.length !== 1) trace.broke(`battle ${wish.id} ended ${ends.length} times`)
  }
  for (const { owner, asset, balance, held } of database.tables.accounts.values())
    if (owner.startsWith('escrow:') && (balance !== 0n || held !== 0n))
      trace.broke(`${owner} still holds ${balance} of ${asset}`)
  await checkBalances(world, funds)
  for (const { name, battle, view, hasLeft } of clients) {
    if (hasLeft) continue
    const last = history.of(battle).at(-1)
    if (!view || !last || frameOfView(view) !== frameOfBattle(last.battle))
      trace.broke(`${name} does not see how battle ${battle} ended`)
  }
}

/** What each user has is what they had, less what they staked in settled battles, and what these paid out. */
async function checkBalances({ database, history, trace }: World, funds: Readonly<{ asset: AssetId; amount: bigint }>) {
  const due = new Map<string, bigint>()
  const add = (user: string, asset: AssetId, amount: bigint) => {
    const key = `${user} ${asset}`
    due.set(key, (due.get(key) ?? 0n) + amount)
  }
  for (const user of USERS) add(user, funds.asset, funds.amount)
  for (const versions of history.battles.values()) addSettled(versions, add)
  for (const user of USERS) {
    for (const { asset, balance } of await database.reader.balances(MAIN_TENANT, userOwner(user))) {
      const expected = due.get(`${user} ${asset}`) ?? 0n
      if (balance !== expected) trace.broke(`${user} has ${balance} of ${asset}, not ${expected}`)
      due.delete(`${user} ${asset}`)
    }
  }
  for (const [key, amount] of due) if (amount !== 0n) trace.broke(`${key}: ${amount} is missing`)
}

function addSettled(versions: readonly Version[], add: (user: string, asset: AssetId, amount: bigint) => void): void {
  const battle = versions.at(-1)!.battle
  if (battle.phase !== 'settled') return
  for (const [index, seat] of battle.seats.entries()) {
    if (seat?.user) add(seat.user, battle.asset, 0n - ownStake(battle, index, seat))
    if (seat?.user && index > 0) add(battle.creator, battle.asset, 0n - sponsored(battle))
  }
  for (const { seat, asset, amount } of battle.result!.payouts) {
    const { user } = battle.seats[seat]!
    if (user) add(user, asset, amount)
  }
}

function isOver({ phase }: Battle): boolean {
  return phase === 'settled' || phase === 'cancelled'
}
