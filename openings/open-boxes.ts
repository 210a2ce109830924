import { claim } from '../access/idempotency.ts'
import type { Principal } from '../access/access.ts'
import { readStock } from '../catalog/stock.ts'
import { openBoxes } from '../game/opening/open.ts'
import type { Effects } from '../game/opening/state.ts'
import { commissionOn, type Commission } from '../game/partner/commission.ts'
import { STOCK, userOwner } from '../schema/account.ts'
import { itemAsset, type AssetId } from '../schema/asset.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { Opened, OpenBoxes, OpeningOpened } from '../schema/opening.ts'
import type { Receipt, Transfer } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import type { PublishedBox } from '../catalog/box-version.ts'
import type { OpeningParts, Owner, Payer } from './parts.ts'
import type { SeedsActors } from './seeds-actor.ts'

/** Which version is opened, settled when the command first comes: what is published later does not change what was answered. */
type Plan = Readonly<{ version: number }>

/** Times that others may take the last of a limited item between our look at the stock and the commit. */
const STOCK_TRIES_MAX = 8

/**
 * Opens boxes with the principal's seeds, once for a key. Throws `box/unknown`, `box/changed` when what is on offer is not what the
 * principal has seen, `seeds/unknown` before the principal has begun a
 * pair, what `Limits.within` throws, `ledger/insufficient`, `opening/nonce`, or what keeps the ledger from deciding.
 */
export async function openBoxesOnce(
  parts: OpeningParts,
  actors: SeedsActors,
  {
    principal,
    key,
    wanted,
    payer,
  }: Readonly<{
    principal: Principal
    key: string
    wanted: OpenBoxes
    payer: Payer | undefined
  }>,
): Promise<Opened> {
  const { pool, ledger, catalog, limits, clock } = parts
  const { tenant } = principal
  const command = { principal, route: 'open-box', key, body: wanted }
  const claimed = await claim<Plan>(pool, command, clock(), async () => {
    const newest = await catalog.box(tenant, wanted.box)
    if (!newest) throw new RollingDropError('box/unknown', { box: wanted.box })
    const { boxHash = newest.hash } = wanted
    if (boxHash !== newest.hash) throw new RollingDropError('box/changed', { box: wanted.box, boxHash: newest.hash })
    return { version: newest.box.version }
  })
  const { outcome: id, request, plan, first } = claimed
  const known = first ? undefined : await ledger.reader.receipt(tenant, userOwner(principal.user), id)
  if (known) return openedBefore(parts, principal, known)
  const published = await catalog.box(tenant, wanted.box, plan.version)
  if (!published) throw new RollingDropError('box/unknown', { box: wanted.box })
  const { count } = wanted
  const { id: box, asset, price } = published.box
  const planned = { id, box, count, asset, price: price * BigInt(count) }
  let isPaid = false
  return limits.within(principal, asset, planned.price, async (taken) => {
    if (!isPaid) await payer?.before(planned)
    isPaid = true
    return openWhatIsLeft(parts, actors, { principal, id, request, published, count, payer, taken })
  })
}

type Opening = Readonly<{
  principal: Owner
  id: OutcomeId
  request: string
  published: PublishedBox
  count: number
  payer: Payer | undefined
  /** From the user's budgets. */
  taken: readonly Transfer[]
}>

/** What others take from the stock meanwhile is drawn from no more. */
async function openWhatIsLeft(parts: OpeningParts, actors: SeedsActors, opening: Opening): Promise<Opened> {
  for (let tries = 1; ; tries++) {
    try {
      return await open(parts, actors, opening)
    } catch (cause) {
      if (tries === STOCK_TRIES_MAX || !isOutOfStock(cause)) throw cause
    }
  }
}

async function open(
  parts: OpeningParts,
  actors: SeedsActors,
  { principal, id, request, published, count, payer, taken }: Opening,
): Promise<Opened> {
  const { box, hash: boxHash } = published
  const free = await freeItems(parts, principal, published)
  const commission = await parts.commissionIn?.(principal.tenant)
  let payload: OpeningOpened | undefined
  const { receipt } = await actors.act(principal, { id, request }, (seeds) => {
    const serverSeed = seeds.current === null ? '' : actors.unsealed(seeds.current)
    const decision = openBoxes(seeds, { id, box, boxHash, count, serverSeed, free, taken })
    payload = decision.ok ? (decision.effects.events[0]!.payload as OpeningOpened) : undefined
    return decision.ok
      ? { ...decision, effects: withOthers(decision.effects, payload!, { commission, payer }) }
      : decision
  })
  // An earlier copy of the command was committed, perhaps with other nonces than those decided just now.
  if (receipt.replayed || payload === undefined) return openedBefore(parts, principal, receipt)
  return openedOf(payload, receipt)
}

/** What others than the user and the house have to do with an opening happens in its outcome, or not at all. */
function withOthers(
  { kind, transfers, events }: Effects,
  opened: OpeningOpened,
  { commission, payer }: Readonly<{ commission: Commission | undefined; payer: Payer | undefined }>,
): Effects {
  const paid = payer?.around(opened)
  const earned = commission && commissionOn(opened, commission)
  return {
    kind,
    transfers: [...(paid?.before ?? []), ...transfers, ...(paid?.after ?? []), ...(earned?.transfers ?? [])],
    events: [...events, ...(paid?.events ?? []), ...(earned?.events ?? [])],
  }
}

/** How many are left of each limited item that the box holds. */
async function freeItems({ ledger, catalog }: OpeningParts, { tenant }: Owner, { box }: PublishedBox) {
  const limited = await catalog.limited(tenant)
  const held = box.prizes.map(({ sku }) => itemAsset(sku, box.asset)).filter((asset) => limited.has(asset))
  if (held.length === 0) return new Map<AssetId, bigint>()
  const stock = await readStock(ledger.reader, tenant)
  return new Map(held.map((asset) => [asset, stock.get(asset) ?? 0n]))
}

async function openedBefore({ ledger }: OpeningParts, { tenant }: Owner, receipt: Receipt): Promise<Opened> {
  const query = { since: receipt.first_seq - 1n, until: receipt.last_seq, tenant, limit: 10 }
  const event = (await ledger.reader.events(query)).find(({ type }) => type === 'opening.opened')
  if (!event) throw new Error(`outcome ${receipt.id} opened nothing`)
  return openedOf(event.payload as OpeningOpened, receipt)
}

function openedOf(opened: OpeningOpened, { balances }: Receipt): Opened {
  const { opening, user, box, boxHash, asset, price, seeds, seedHash, clientSeed, drops, payouts } = opened
  const owner = userOwner(user)
  const after = balances.find((balance) => balance.owner === owner && balance.asset === asset)
  return {
    opening,
    box,
    boxHash,
    asset,
    price,
    seeds,
    seedHash,
    clientSeed,
    drops: [...drops],
    payouts: [...payouts],
    balance: `${after?.balance ?? 0n}`,
  }
}

/** Whether the ledger refused because the stock holds too little. */
function isOutOfStock(cause: unknown): boolean {
  const { code, details } = toRollingDropError(cause)
  return code === 'ledger/insufficient' && (details as { owner?: unknown } | undefined)?.owner === STOCK
}
