import type { InStock } from '../../game/battle/stock.ts'
import type { Battle } from '../../game/battle/state.ts'
import { STOCK } from '../../schema/account.ts'
import type { AssetId } from '../../schema/asset.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { Command } from '../actor.ts'
import type { WatchedBattle } from './activation.ts'

/**
 * Asks what may start a battle with limited items in its boxes. What the stock holds is read before the decision, so others may
 * take it until the commit: what the ledger then refuses is not reserved, and the battle is asked again.
 */
export async function askWithStock(
  watched: Pick<WatchedBattle, 'battle' | 'ask'>,
  read: () => Promise<InStock>,
  commandWith: (inStock: InStock) => Command<Battle>,
): Promise<void> {
  const { battle } = watched
  const free = new Map(battle.limited.length > 0 && battle.phase === 'waiting' ? await read() : [])
  for (;;) {
    try {
      return void (await watched.ask(commandWith(free)))
    } catch (error) {
      const gone = outOfStock(error)
      if (gone === undefined || !free.delete(gone)) throw error
    }
  }
}

/** The item of which the stock holds less than was to be reserved. */
function outOfStock(error: unknown): AssetId | undefined {
  if (!(error instanceof RollingDropError) || error.code !== 'ledger/insufficient') return undefined
  const { owner, asset } = error.details as Readonly<{ owner: string; asset: AssetId }>
  return owner === STOCK ? asset : undefined
}
