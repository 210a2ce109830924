import type { Partner } from '../access/partner.ts'
import type { User } from '../access/user.ts'
import type { Tokens } from '../schema/http.ts'
import type { OpeningProof } from '../schema/opening.ts'
import type {
  FundsReceipt,
  MoveFunds,
  PartnerOpenBox,
  PartnerOpened,
  Statement,
  StatementDays,
  StatementLine,
} from '../schema/partner-api.ts'
import { PartnerDesk } from './desk.ts'
import { openBoxFor, openingIn } from './open-box.ts'
import type { PartnerParts } from './parts.ts'
import { PartnerSelf, type SelfSettings } from './self.ts'
import { daysOf, linesOf, statementOf, type StatementOf } from './statements.ts'
import { ensureUser, moveFunds, signIn, standingOf, userOf } from './users.ts'
import { WalletClient, type WalletSettings } from './wallet/client.ts'
import { WalletPayments } from './wallet/payments.ts'
import type { PaymentPace } from '../game/partner/wallet-payment.ts'

type Keyed<T> = Readonly<{ key: string; wanted: T }>
type Standing = Awaited<ReturnType<typeof standingOf>>
type WalletBalances = readonly Readonly<{ asset: string; balance: string }>[]

export type PartnerSettings = Readonly<{ wallet: WalletSettings; pace: PaymentPace; self: SelfSettings }>

/** What partners may ask of us for their own users, and what is done for partners. Users are named by the partner's own ids. */
export interface Partners {
  readonly desk: PartnerDesk
  readonly self: PartnerSelf
  ensureUser(partner: Partner, externalId: string): Promise<User>
  /** `wallet`: what the partner's own wallet says; null where it lies with us, or does not answer. Throws `partner/user-unknown`. */
  user(
    partner: Partner,
    externalId: string,
  ): Promise<Standing & Readonly<{ user: User; wallet: WalletBalances | null }>>
  signIn(partner: Partner, externalId: string): Promise<Tokens>
  moveFunds(partner: Partner, externalId: string, command: Keyed<MoveFunds>): Promise<FundsReceipt>
  openBox(partner: Partner, command: Keyed<PartnerOpenBox>): Promise<PartnerOpened>
  opening(partner: Partner, opening: string): Promise<Readonly<{ user: string | null; proof: OpeningProof }>>
  statement(of: StatementOf): Promise<Statement>
  statementDays(of: StatementOf): Promise<StatementDays>
  statementLines(
    of: StatementOf,
    page: Readonly<{ before: string | undefined; limit: number }>,
  ): Promise<Readonly<{ lines: StatementLine[]; next: string | null }>>
  /** Does what is due of an opening that a partner's own wallet pays. For the alarms of `rollback`. */
  ring(actor: string): Promise<void>
}

export function createPartners(parts: PartnerParts, settings: PartnerSettings): Partners {
  const { pool, ledger, book, clock } = parts
  const client = new WalletClient({ ...parts, settings: settings.wallet })
  const payments = new WalletPayments({ ledger, book, client, pace: settings.pace, clock })

  async function walletBalances({ tenant }: Partner, user: string): Promise<WalletBalances | null> {
    const wallet = (await book.worldOf(tenant))?.wallet
    if (!wallet) return null
    const reply = await client.call({ tenant, ...wallet }, { action: 'balance', user })
    return (reply.type === 'ok' && reply.balances) || null
  }

  return {
    desk: new PartnerDesk(parts),
    self: new PartnerSelf(parts, settings.self),
    ensureUser: (partner, externalId) => ensureUser(parts, partner, externalId),
    async user(partner, externalId) {
      const user = await userOf(parts, partner, externalId)
      const [standing, wallet] = await Promise.all([standingOf(parts, user), walletBalances(partner, externalId)])
      return { user, ...standing, wallet }
    },
    signIn: async (partner, externalId) => signIn(parts, await userOf(parts, partner, externalId)),
    moveFunds: async (partner, externalId, command) =>
      moveFunds(parts, partner, await userOf(parts, partner, externalId), command),
    openBox: async (partner, command) =>
      openBoxFor({ ...parts, payments }, partner, await userOf(parts, partner, command.wanted.user), command),
    opening: ({ tenant }, opening) => openingIn(parts, tenant, opening),
    statement: (of) => statementOf(pool, of),
    statementDays: (of) => daysOf(pool, of),
    statementLines: (of, page) => linesOf(pool, of, page),
    ring: (actor) => payments.ring(actor),
  }
}
