import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import { refuse, type Decision } from '../game/market/decision.ts'
import {
  acceptTrade,
  endTrade,
  offerTrade,
  refusalOfTrade,
  tradeActor,
  tradeFromJson,
  type TradeOffer,
} from '../game/market/trade.ts'
import { act } from '../ledger/act.ts'
import { tellingOfLocks } from '../limits/locks.ts'
import { userOwner } from '../schema/account.ts'
import { toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Transfer } from '../schema/outcome.ts'
import type { Trade, TradePage, TradeQuery, TradeSide } from '../schema/trade.ts'
import { timeOf } from '../schema/uuid.ts'
import { tradeOf } from './actors.ts'
import { checkConfirmed, checkOpen, checkUser, type Worth } from './checks.ts'
import type { MarketParts, Who } from './parts.ts'
import { calledIn } from './rows.ts'

/** What is offered, as it has been read. */
export type WantedTrade = Readonly<{ to: string; gives: TradeSide; wants: TradeSide; expiresIn?: number | undefined }>

/**
 * Offers a trade, once for a key; what is given is kept aside until it ends. Throws `user/unknown`, `market/own`, `trade/empty`,
 * `market/mixed`, `market/too-many`, `auth/confirm`, `item/locked`, `ledger/insufficient` and what the user's limits refuse.
 */
export async function offerOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  wanted: WantedTrade,
): Promise<Trade> {
  const { pool, ledger, config, clock } = parts
  const { tenant, user: from } = principal
  const { to, gives, wants, expiresIn = config.tradeExpiry_s } = wanted
  const command = { principal, route: 'POST /transactions/trade', key, body: wanted }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    const refusal = refusalOfTrade({ from, to, gives, wants })
    if (refusal) throw new RollingDropError(refusal.code, refusal.details)
    await checkUser(parts, principal, to)
    await checkConfirmed(parts, principal, [...worthOf(gives), ...worthOf(wants)])
    await checkOpen(parts, principal, 'trade')
    return null
  })
  const created_ms = timeOf(id)
  const offer = { id, tenant, from, to, gives, wants, created_ms, expires_ms: created_ms + expiresIn * 1000 }
  const acting = spending(parts, principal, gives, (taken) =>
    act(ledger, tradeOf(id, tenant), { id, request, owner: userOwner(from) }, (known) =>
      known ? { type: 'done', state: known } : offerTrade(offer, taken),
    ),
  )
  await tellingOfLocks(ledger, principal, acting)
  return showTrade(parts, principal, id)
}

/**
 * Accepts the trade that one was asked for, once for a key: both sides move at once, or nothing does. Throws `trade/unknown`,
 * `trade/ended`, `auth/confirm`, `item/locked`, `ledger/insufficient` and what the user's limits refuse.
 */
export async function acceptOnce(parts: MarketParts, principal: Principal, key: string, trade: string): Promise<Trade> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'POST /transactions/trade/{id}/accept', key, body: { trade } }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    const { gives, wants } = await findTrade(parts, principal, trade)
    await checkConfirmed(parts, principal, [...worthOf(gives), ...worthOf(wants)])
    return null
  })
  const { wants } = await findTrade(parts, principal, trade)
  const acting = spending(parts, principal, wants, (taken) =>
    act(ledger, tradeOf(trade, tenant), { id, request, owner: userOwner(user) }, (known) =>
      known ? acceptTrade(known, { user, spending: taken, now_ms: clock() }) : refuse('trade/unknown'),
    ),
  )
  await tellingOfLocks(ledger, principal, acting)
  return showTrade(parts, principal, trade)
}

/** Declines (who was asked) or cancels (who has offered), once for a key. Throws `trade/unknown`, `trade/ended`. */
export async function endOnce(
  parts: MarketParts,
  principal: Principal,
  key: string,
  { trade, how }: Readonly<{ trade: string; how: 'declined' | 'cancelled' }>,
): Promise<Trade> {
  const { pool, ledger, clock } = parts
  const { tenant, user } = principal
  const command = { principal, route: 'POST /transactions/trade/{id}/end', key, body: { trade, how } }
  const { outcome: id, request } = await claim(pool, command, clock(), async () => {
    await findTrade(parts, principal, trade)
    return null
  })
  await act(ledger, tradeOf(trade, tenant), { id, request, owner: userOwner(user) }, (known): Decision<TradeOffer> => {
    const whose = how === 'declined' ? known?.to : known?.from
    return known && whose === user ? endTrade(known, how, clock()) : refuse('trade/unknown')
  })
  return showTrade(parts, principal, trade)
}

/** A trade that one offered or is asked for. Throws `trade/unknown`. */
export async function showTrade(parts: MarketParts, who: Who, id: string): Promise<Trade> {
  const sql = `select ${COLUMNS} from market_trade where tenant = $1 and (offerer = $2 or asked = $2) and id = $3`
  const { rows } = await parts.pool.query<TradeRow>(sql, [who.tenant, who.user, id])
  const [trade] = await tellTrades(parts, who, rows)
  if (!trade) throw new RollingDropError('trade/unknown')
  return trade
}

/** One's own trades, newest first. */
export async function listTrades(parts: MarketParts, who: Who, wanted: TradeQuery): Promise<TradePage> {
  const { status, cursor, limit = 50 } = wanted
  const { rows } = await parts.pool.query<TradeRow>(
    `select ${COLUMNS} from market_trade
     where tenant = $1 and (offerer = $2 or asked = $2) and ($3::boolean is null or (ended_at is null) = $3)
       and ($4::text is null or id < $4)
     order by id desc limit $5`,
    [who.tenant, who.user, status === undefined ? null : status === 'open', cursor ?? null, limit + 1],
  )
  const page = rows.slice(0, limit)
  return { trades: await tellTrades(parts, who, page), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null }
}

type TradeRow = Readonly<{ id: string; ended_ms: string | null }>
const COLUMNS = 'id, (extract(epoch from ended_at) * 1000)::bigint as ended_ms'

async function findTrade({ ledger }: MarketParts, { tenant, user }: Who, id: string): Promise<TradeOffer> {
  const row = await ledger.actors.find(tradeActor(id))
  const trade = row?.tenant === tenant ? tradeFromJson(row.state) : undefined
  if (!trade || (trade.from !== user && trade.to !== user)) throw new RollingDropError('trade/unknown')
  return trade
}

async function tellTrades(
  { ledger, access, catalog }: MarketParts,
  { tenant, user }: Who,
  rows: readonly TradeRow[],
): Promise<Trade[]> {
  const found = await ledger.actors.findMany(rows.map(({ id }) => tradeActor(id)))
  const byId = new Map(found.map(({ state }) => tradeFromJson(state)).map((trade) => [trade.id, trade]))
  const users = [...byId.values()].flatMap(({ from, to }) => [from, to])
  const [names, items] = await Promise.all([access.names(tenant, users), catalog.items(tenant)])
  const person = (id: string) => ({ id, name: names.get(id) ?? '' })
  const side = ({ items: each, money }: TradeSide) => ({
    items: each.map(({ asset, count }) => {
      const { sku, name } = calledIn(items, asset)
      return { asset, sku, name, count }
    }),
    money,
  })
  return rows.map(({ id, ended_ms }) => {
    const { phase, from, to, gives, wants, created_ms: createdAt, expires_ms: expiresAt } = byId.get(id)!
    const endedAt = ended_ms === null ? null : Number(ended_ms)
    const people = { from: person(from), to: person(to), own: from === user }
    return { id, phase, ...people, gives: side(gives), wants: side(wants), createdAt, expiresAt, endedAt }
  })
}

/** Has `commit` do it with what the limits take where money is brought. */
function spending<T>(
  { limits }: MarketParts,
  who: Who,
  { money }: TradeSide,
  commit: (taken: readonly Transfer[]) => Promise<T>,
): Promise<T> {
  return money ? limits.within(who, toAsset(money.asset), BigInt(money.amount), commit) : commit([])
}

function worthOf({ items, money }: TradeSide): readonly Worth[] {
  const worth = items.map(({ asset, count }): Worth => ({ asset, amount: BigInt(count) }))
  return money ? [...worth, { asset: money.asset, amount: BigInt(money.amount) }] : worth
}
