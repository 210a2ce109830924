import type { Principal } from '../access/access.ts'
import { acted } from '../access/acts.ts'
import { claim } from '../access/idempotency.ts'
import { beginRedemption, endRedemption, type RedemptionState } from '../game/wallet/redemption.ts'
import type { Change } from '../game/wallet/deposit.ts'
import { act, type ActDecision, type RoomlessActor } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { tellingOfLocks } from '../limits/locks.ts'
import { userOwner, type TenantId } from '../schema/account.ts'
import { isPlay, skuOf } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import { toJson } from '../schema/json.ts'
import { address, type AddressedRedemption, type Redeem, type RedemptionStatus } from '../schema/wallet.ts'
import type { WalletParts } from './parts.ts'
import { dropTarget, keepTarget, readTarget } from './sent-to.ts'
import { staffRedemptionView } from './view.ts'

const KIND = 'redemption'

export function redemptionFromJson(text: string): RedemptionState {
  return JSON.parse(text) as RedemptionState
}

export const redemptionActorId = (id: string): string => `${KIND}-${id}`

function actorOf(tenant: TenantId, id: string): RoomlessActor<RedemptionState> {
  return { id: redemptionActorId(id), kind: KIND, tenant, read: redemptionFromJson, write: toJson }
}

/** Reserves things and keeps where they go, once for a key. */
export async function redeemOnce(
  parts: WalletParts,
  principal: Principal,
  key: string,
  wanted: Redeem,
): Promise<RedemptionState> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  if (skuOf(wanted.asset) === undefined) throw new RollingDropError('item/unknown', { asset: wanted.asset })
  if (isPlay(wanted.asset)) throw new RollingDropError('redeem/play')
  const command = { principal, route: 'POST /transactions/redeem', key, body: wanted }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => null)
  await keepTarget(parts, principal, id, toJson(wanted.address))
  const { asset, count } = wanted
  try {
    const holding = act(ledger, actorOf(tenant, id), { id, request, owner: userOwner(user) }, (known) =>
      known
        ? { type: 'done', state: known }
        : decided(beginRedemption({ id, user, asset, count, begun_ms: clock(), hold: id }), 'redemption.hold'),
    )
    return (await tellingOfLocks(ledger, principal, holding)).state
  } catch (cause) {
    if (cause instanceof RollingDropError && !cause.retry) await dropTarget(parts, id)
    throw cause
  }
}

type Ending = Readonly<{ id: string; status: Exclude<RedemptionStatus, 'held'> }>

/** Ends a redemption, once for a key: its user cancels it, or staff ships or voids it. */
export async function endOnce(
  { pool, ledger, clock }: Pick<WalletParts, 'pool' | 'ledger' | 'clock'>,
  by: Principal,
  key: string,
  { id, status }: Ending,
): Promise<RedemptionState> {
  const { tenant } = by
  const isOwn = status === 'cancelled'
  const known = await demandRedemption(ledger, tenant, id)
  if (isOwn && known.user !== by.user) throw new RollingDropError('redeem/unknown')
  const asked = { principal: by, route: `POST redemptions/${status}`, key, body: { id } }
  const { outcome, request } = await claim(pool, asked, clock(), async () => null)
  const command = { id: outcome, request, owner: userOwner(by.user) }
  const { state } = await act(ledger, actorOf(tenant, id), command, (redemption) => {
    if (redemption?.status !== 'held') return { type: 'refuse', code: 'redeem/state' }
    const [before, after] = [{ status: 'held' }, { status }]
    const also = isOwn ? [] : [acted({ by, action: `redemption.${status}`, object: `${KIND}:${id}`, before, after })]
    return decided(
      endRedemption(redemption, status),
      status === 'shipped' ? 'redemption.post' : 'redemption.void',
      also,
    )
  })
  return state
}

/** A redemption with where it goes, for staff. Throws `redeem/unknown`. */
export async function addressedRedemption(
  parts: WalletParts,
  tenant: TenantId,
  id: string,
): Promise<AddressedRedemption> {
  const redemption = await demandRedemption(parts.ledger, tenant, id)
  const kept = await readTarget(parts, { tenant, user: redemption.user }, id)
  return { ...staffRedemptionView(redemption), address: kept === undefined ? null : address.parse(JSON.parse(kept)) }
}

async function demandRedemption(
  { actors }: Pick<Ledger, 'actors'>,
  tenant: TenantId,
  id: string,
): Promise<RedemptionState> {
  const row = await actors.find(redemptionActorId(id))
  if (row?.kind !== KIND || row.tenant !== tenant) throw new RollingDropError('redeem/unknown')
  return redemptionFromJson(row.state)
}

function decided(
  { state, holds, events }: Change<RedemptionState>,
  kind: string,
  also: readonly EventDraft[] = [],
): ActDecision<RedemptionState> {
  const finished = state.status !== 'held'
  return {
    type: 'commit',
    state,
    effects: { kind, holds, events: [...events, ...also], ...(finished && { finished }) },
  }
}
