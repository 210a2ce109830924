import type { Principal } from '../access/access.ts'
import { openingProofOf } from '../game/opening/proof.ts'
import { beginPair, isBegun, ownSeedsOf } from '../game/opening/seeds.ts'
import type { TenantId } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import type { SellBack, Sold } from '../schema/http.ts'
import type { BeginSeeds, Opened, OpenBoxes, OpeningOpened, OpeningProof, OwnSeeds } from '../schema/opening.ts'
import { isOutcomeId, uuidv7 } from '../schema/uuid.ts'
import { openBoxesOnce } from './open-boxes.ts'
import type { OpeningParts, Owner, Payer } from './parts.ts'
import { SeedsActors } from './seeds-actor.ts'
import { sellOnce } from './sell.ts'

/**
 * What one does alone with boxes, the same through every door. `key` is the caller's own id of a command: asked again under
 * it, by whichever door and on whichever node, it is answered again and done once. Whatever does not happen throws a RollingDropError.
 */
export interface Openings {
  /**
   * Paid by the user unless somebody else pays. Throws `box/unknown`, `box/changed`, `seeds/unknown`, what
   * `Limits.within` throws, `ledger/insufficient`, `opening/nonce`, or what the payer throws.
   */
  open(principal: Principal, key: string, wanted: OpenBoxes, payer?: Payer): Promise<Opened>
  /** Throws `item/unknown`, `ledger/insufficient`. */
  sell(principal: Principal, key: string, wanted: SellBack): Promise<Sold>
  /** The seeds of a user; for a new one the first server seed is committed to. */
  seeds(owner: Owner): Promise<OwnSeeds>
  /** Begins the next pair and reveals the one before. Throws `seeds/unknown` when that is not the next pair (any more). */
  begin(owner: Owner, wanted: BeginSeeds): Promise<OwnSeeds>
  /** Everything to recompute an opening with; undefined when there is none with this id. */
  proof(tenant: TenantId, opening: string): Promise<OpeningProof | undefined>
}

export function createOpenings(parts: OpeningParts): Openings {
  const { pool, ledger, clock } = parts
  const actors = new SeedsActors(parts)

  async function begin(owner: Owner, wanted: BeginSeeds): Promise<OwnSeeds> {
    const before = await actors.read(owner)
    if (isBegun(before, wanted)) return ownSeedsOf(before)
    const command = { id: uuidv7(clock()), request: digestOf({ begin: wanted }) }
    const following = actors.freshSeed()
    try {
      const { seeds } = await actors.act(owner, command, (known) => {
        const serverSeed = known.current && actors.unsealed(known.current)
        return beginPair(known, wanted, { serverSeed, following })
      })
      return ownSeedsOf(seeds)
    } catch (cause) {
      // Another copy of the command may have come between.
      const now = await actors.read(owner)
      if (isBegun(now, wanted)) return ownSeedsOf(now)
      throw cause
    }
  }

  async function proof(tenant: TenantId, opening: string): Promise<OpeningProof | undefined> {
    if (!isOutcomeId(opening)) return undefined
    const events = await ledger.reader.events({ since: 0n, limit: 10, tenant, outcome: opening })
    const opened = events.find(({ type }) => type === 'opening.opened')?.payload as OpeningOpened | undefined
    const published = opened && (await parts.catalog.box(tenant, opened.box, opened.version))
    if (!published) return undefined
    const sql = 'select server_seed from revealed_seed where pair = $1 and tenant = $2'
    const { rows } = await pool.query<{ server_seed: string }>(sql, [opened.seeds, tenant])
    return openingProofOf(opened, published.box, rows[0]?.server_seed ?? null)
  }

  return {
    open: (principal, key, wanted, payer) => openBoxesOnce(parts, actors, { principal, key, wanted, payer }),
    sell: (principal, key, wanted) => sellOnce(parts, principal, key, wanted),
    seeds: async (owner) => ownSeedsOf(await actors.read(owner)),
    begin,
    proof,
  }
}
