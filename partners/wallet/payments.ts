import type { PartnerBook, PartnerWorld } from '../../access/partners/book.ts'
import type { User } from '../../access/user.ts'
import {
  beginPayment,
  openedPayment,
  refusedPayment,
  rollBackPayment,
  sentPayment,
  walletEvent,
  type PaymentPace,
  type PaymentStep,
  type WalletPayment,
} from '../../game/partner/wallet-payment.ts'
import { act, type ActDecision, type RoomlessActor } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Payer, PlannedOpening } from '../../openings/parts.ts'
import { userOwner, type TenantId } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { toAsset } from '../../schema/asset.ts'
import { digestOf } from '../../schema/digest.ts'
import { RollingDropError, toRollingDropError } from '../../schema/errors.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import type { WalletCall } from '../../schema/partner-wallet.ts'
import { derivedId, uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import { outsideOf } from '../users.ts'
import type { WalletAddress, WalletClient } from './client.ts'

type Parts = Readonly<{
  ledger: Ledger
  book: Pick<PartnerBook, 'worldOf'>
  client: WalletClient
  pace: PaymentPace
  /** Unix ms. */
  clock: () => number
}>

/** Whose opening is paid, and from where. */
type Customer = Readonly<{ user: User; externalId: string; wallet: NonNullable<PartnerWorld['wallet']> }>

const KIND = 'rollback'

/** Openings that are paid from partners' own wallets, each by an actor without a room (see `WalletPayment`). */
export class WalletPayments {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /**
   * Pays one opening: the debit is sent before it is committed. Throws `partner/wallet-refused`, or `partner/wallet-away` when the
   * wallet gives no answer; then, and in the end always, nothing is taken.
   */
  payer(customer: Customer): Payer {
    return {
      before: (planned) => this.#debit(customer, planned),
      around: (opened) => around(opened, customer),
    }
  }

  /** The opening was committed: what was won in money is on its way to the wallet. */
  async opened(tenant: TenantId, opening: OutcomeId): Promise<void> {
    const credit = await this.#creditOf(tenant, opening)
    if (credit === undefined) throw new Error(`no wallet has paid the opening ${opening}`)
    const command = { id: derivedId(opening, 'wallet/opened'), request: digestOf({ opened: opening }) }
    await this.#act(tenant, opening, command, (payment, now_ms) =>
      payment.phase === 'debiting' ? openedPayment(payment, credit, now_ms) : undefined,
    )
  }

  /** Ends an opening that has not been committed, unless it has been: then true. Nothing is done where nothing was begun. */
  async abandon(tenant: TenantId, opening: OutcomeId): Promise<boolean> {
    return this.#leave(tenant, opening, rollBackPayment)
  }

  /** Does what is due of a payment. */
  async ring(actor: string): Promise<void> {
    const row = await this.#parts.ledger.actors.find(actor)
    if (!row || row.finished || row.kind !== KIND) return
    const payment = read(row.state)
    const opening = payment.opening as OutcomeId
    if (payment.phase !== 'debiting') return this.#send(row.tenant, payment)
    await this.abandon(row.tenant, opening)
    const left = await this.#parts.ledger.actors.find(actor)
    if (left && !left.finished) await this.#send(row.tenant, read(left.state))
  }

  async #debit({ user, externalId, wallet }: Customer, planned: PlannedOpening): Promise<void> {
    const { ledger, client, clock, pace } = this.#parts
    const { id: opening, asset, price, box, count } = planned
    const { tenant } = user
    if (client.isResting({ tenant })) throw new RollingDropError('partner/wallet-away')
    const debit = { opening, user: user.id, externalId, asset, amount: `${price}`, ...wallet }
    const command = { id: derivedId(opening, 'wallet/begin'), request: digestOf({ begin: opening }) }
    const { state } = await act(ledger, actorOf(tenant, opening), command, (known) =>
      known ? { type: 'done', state: known } : commit(beginPayment(debit, clock(), pace)),
    )
    if (state.phase !== 'debiting') return demandOpened(state)
    const { amount } = state
    const call: WalletCall = { action: 'debit', transaction: opening, user: externalId, asset, amount, box, count }
    const address = { tenant, ...wallet }
    let reply = await client.call(address, call)
    if (reply.type === 'unknown') reply = await client.call(address, call)
    if (reply.type === 'ok') return
    const wasOpened = await this.#leave(tenant, opening, reply.type === 'refused' ? refusedPayment : rollBackPayment)
    // Another copy of the command may have been luckier.
    if (!wasOpened)
      throw new RollingDropError(reply.type === 'refused' ? 'partner/wallet-refused' : 'partner/wallet-away')
  }

  /** Leaves `debiting` without an opening, by an outcome in the place of the opening's own. True: the opening was faster. */
  async #leave(
    tenant: TenantId,
    opening: OutcomeId,
    end: (payment: WalletPayment, now_ms: number) => PaymentStep,
  ): Promise<boolean> {
    const decide = (payment: WalletPayment, now_ms: number) =>
      payment.phase === 'debiting' ? end(payment, now_ms) : undefined
    try {
      const payment = await this.#act(tenant, opening, { id: opening, request: digestOf({ leave: opening }) }, decide)
      return payment !== undefined && isOpened(payment)
    } catch (cause) {
      if (toRollingDropError(cause).code !== 'ledger/conflict') throw cause
    }
    if ((await this.#creditOf(tenant, opening)) !== undefined) {
      await this.opened(tenant, opening)
      return true
    }
    // It was opened, but paid by the user: what the wallet may have given goes back.
    const command = { id: derivedId(opening, 'wallet/leave'), request: digestOf({ leave: opening }) }
    await this.#act(tenant, opening, command, decide)
    return true
  }

  async #send(tenant: TenantId, payment: WalletPayment): Promise<void> {
    const { client, book, clock, pace } = this.#parts
    const { opening: transaction, externalId: user, asset, amount, credit, phase, url, sealed_secret } = payment
    // The wallet may have moved, or have another secret by now; where there is none any more, the old one is asked.
    const wallet: WalletAddress = { tenant, ...((await book.worldOf(tenant))?.wallet ?? { url, sealed_secret }) }
    const call: WalletCall =
      phase === 'crediting'
        ? { action: 'credit', transaction, user, asset, amount: credit }
        : { action: 'rollback', transaction, user, asset, amount }
    const { type } = await client.call(wallet, call)
    const command = { id: uuidv7(clock()), request: digestOf({ sent: transaction, tries: payment.tries, type }) }
    await this.#act(tenant, transaction as OutcomeId, command, (now) =>
      now.phase === phase && now.tries === payment.tries ? sentPayment(now, type === 'ok', clock(), pace) : undefined,
    )
  }

  async #act(
    tenant: TenantId,
    opening: OutcomeId,
    command: Readonly<{ id: OutcomeId; request: string }>,
    decide: (payment: WalletPayment, now_ms: number) => PaymentStep | undefined,
  ): Promise<WalletPayment | undefined> {
    const { ledger, clock } = this.#parts
    const actor = actorOf(tenant, opening)
    if (!(await ledger.actors.find(actor.id))) return undefined
    const { state } = await act(ledger, actor, command, (payment, isFinished) => {
      const next = isFinished ? undefined : decide(payment!, clock())
      return next ? commit(next) : { type: 'done', state: payment! }
    })
    return state
  }

  /** What an opening that a wallet has paid owes to it; undefined for one that it has not paid, or that was never committed. */
  async #creditOf(tenant: TenantId, opening: OutcomeId): Promise<bigint | undefined> {
    const events = await this.#parts.ledger.reader.events({ since: 0n, limit: 10, tenant, outcome: opening })
    if (!events.some(({ type }) => type === 'opening.opened')) return undefined
    const moved = events.find(({ type }) => type === 'partner.wallet-moved')
    return moved && BigInt((moved.payload as { credit: string }).credit)
  }
}

function around(opened: OpeningOpened, { user }: Customer) {
  const { opening, price, payouts } = opened
  const asset = toAsset(opened.asset)
  const [outside, owner] = [outsideOf(asset), userOwner(user.id)]
  const won = payouts.reduce((sum, payout) => (payout.asset === asset ? sum + BigInt(payout.amount) : sum), 0n)
  const phase = won > 0n ? ('crediting' as const) : ('done' as const)
  const paid = { opening, user: user.id, asset, amount: price, credit: `${won}`, phase, end: 'opened' as const }
  return {
    before: [{ asset, debit: outside, credit: owner, amount: toAmount(BigInt(price)) }],
    after: won > 0n ? [{ asset, debit: owner, credit: outside, amount: toAmount(won) }] : [],
    events: [walletEvent(paid)],
  }
}

const isOpened = ({ phase, end }: WalletPayment): boolean => phase === 'crediting' || end === 'opened'

/** A payment that has left `debiting` already: by an opening, or its end is told again. */
function demandOpened(payment: WalletPayment): void {
  if (isOpened(payment)) return
  const { end } = payment
  throw new RollingDropError(end === 'refused' ? 'partner/wallet-refused' : 'partner/wallet-away')
}

const read = (text: string): WalletPayment => JSON.parse(text) as WalletPayment

function actorOf(tenant: TenantId, opening: string): RoomlessActor<WalletPayment> {
  return { id: `${KIND}-${opening}`, kind: KIND, tenant, read, write: (payment) => JSON.stringify(payment) }
}

function commit({ state, effects }: PaymentStep): ActDecision<WalletPayment> {
  return { type: 'commit', state, effects }
}
