import { escrowOf, refuse, type Refused } from '../game/market/decision.ts'
import { fillOrder } from '../game/market/listing.ts'
import { endOrder, orderActor, type Order } from '../game/market/order.ts'
import { act, type Acted, type ActCommand } from '../ledger/act.ts'
import type { TenantId } from '../schema/account.ts'
import { toRollingDropError } from '../schema/errors.ts'
import { listingOf, orderOf, ownCommand } from './actors.ts'
import { findLeft, findMatch, findOrder, type Match } from './book.ts'
import type { MarketParts } from './parts.ts'

type Parts = Pick<MarketParts, 'pool' | 'ledger' | 'clock' | 'log'>

/** How often each node looks for what a node that died left unmatched. */
const SWEEP_MS = 30_000
/** Times one is faster to sell to an order than another is to end it. */
const TRIES_MAX = 128

/**
 * Brings orders and listings together. Whoever has opened one matches its item before they answer; what a node left that died in
 * between is found by all others.
 *
 * One outcome can step one actor only, so a match steps the listing and takes the price out of the order's escrow. What an escrow holds
 * is the order's price for each item still wanted, always: a match takes exactly that, and the end of an order takes all that is left. Of
 * two matches that want the last of it, or a match and the end, the ledger refuses the later one. So no order pays for more than it
 * asked for, or after its end, and none pays more than its price; the listing's fence sells the item once.
 */
export class Matching {
  readonly #parts: Parts
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void>

  /** Looks at once for what was left. */
  constructor(parts: Parts) {
    this.#parts = parts
    this.#sweeping = this.#sweep()
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.#sweep())
    }, SWEEP_MS)
    this.#timer.unref()
  }

  /** Matches all that fits of an item. What cannot be done now is logged, and done later. */
  async match(tenant: TenantId, asset: string): Promise<void> {
    try {
      await this.#match(tenant, asset)
    } catch (error) {
      this.#parts.log.error({ err: error, asset }, 'orders and listings could not be matched; tried again later')
    }
  }

  async #match(tenant: TenantId, asset: string): Promise<void> {
    const refused = new Set<string>()
    for (;;) {
      const found = await findMatch(this.#parts.pool, tenant, asset)
      if (!found) return
      const pair = `${found.listing} ${found.waiting.order}`
      if (await this.#fill(tenant, found)) continue
      // Once, somebody else was faster; twice, what is listed and what the ledger holds differ.
      if (refused.has(pair)) throw new Error(`${pair} fit and are refused`)
      refused.add(pair)
    }
  }

  /** Ends an order with whatever its escrow holds by then, unless `check` refuses it. */
  async end(
    { id, tenant }: Pick<Order, 'id' | 'tenant'>,
    command: ActCommand,
    wanted: 'cancelled' | 'expired',
    check: (order: Order) => Refused | undefined = () => undefined,
  ): Promise<Acted<Order>> {
    const { pool, ledger, clock } = this.#parts
    for (let tries = 1; ; tries++) {
      try {
        return await act(ledger, orderOf(id, tenant), command, async (order) => {
          if (!order) return refuse('market/unknown')
          const refusal = check(order)
          if (refusal) return refusal
          const held = await ledger.reader.balance(tenant, escrowOf(orderActor(id)), order.money)
          const spent = BigInt((await findOrder(pool, tenant, order.user, id)).spent)
          return endOrder(order, wanted, { left: held?.balance ?? 0n, spent, now_ms: clock() })
        })
      } catch (cause) {
        const { code } = toRollingDropError(cause)
        if (code !== 'ledger/insufficient' || tries === TRIES_MAX) throw cause
      }
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#sweeping
  }

  /** False when the order had nothing left to pay with, or the listing was gone. */
  async #fill(tenant: TenantId, { listing, waiting }: Match): Promise<boolean> {
    const { ledger, clock } = this.#parts
    try {
      const { receipt } = await act(
        ledger,
        listingOf(listing, tenant),
        ownCommand({ listing, order: waiting.order }, clock()),
        (known) => (known ? fillOrder(known, waiting, clock()) : { type: 'refuse', code: 'market/unknown' }),
      )
      if (!receipt) return false
      const escrow = escrowOf(orderActor(waiting.order))
      if (receipt.balances.some(({ owner, balance }) => owner === escrow && balance === 0n))
        await this.#endFilled({ tenant, id: waiting.order })
      return true
    } catch (cause) {
      if (toRollingDropError(cause).code === 'ledger/insufficient') return false
      throw cause
    }
  }

  async #endFilled(order: Pick<Order, 'id' | 'tenant'>): Promise<void> {
    await this.end(order, ownCommand({ filled: order.id }, this.#parts.clock()), 'expired')
  }

  async #sweep(): Promise<void> {
    try {
      const { crossed, filled } = await findLeft(this.#parts.pool)
      for (const { tenant, asset } of crossed) await this.#match(tenant, asset)
      for (const order of filled) await this.#endFilled(order)
    } catch (error) {
      this.#parts.log.error({ err: error }, 'orders and listings could not be matched; tried again later')
    }
  }
}
