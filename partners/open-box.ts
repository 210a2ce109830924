import { randomBytes } from 'node:crypto'
import type { Partner } from '../access/partner.ts'
import { findExternalId } from '../access/partners/users.ts'
import type { Principal } from '../access/access.ts'
import type { User } from '../access/user.ts'
import type { Payer, PlannedOpening } from '../openings/parts.ts'
import type { TenantId } from '../schema/account.ts'
import { RollingDropError, toRollingDropError } from '../schema/errors.ts'
import type { Opened, OpeningProof } from '../schema/opening.ts'
import type { CommissionPosted, PartnerOpenBox, PartnerOpened } from '../schema/partner-api.ts'
import { isOutcomeId, type OutcomeId } from '../schema/uuid.ts'
import { callerOf } from './caller.ts'
import type { PartnerParts } from './parts.ts'
import type { WalletPayments } from './wallet/payments.ts'

type Parts = Pick<PartnerParts, 'pool' | 'ledger' | 'openings' | 'book'> & Readonly<{ payments: WalletPayments }>

/**
 * Opens boxes for a partner's user, once for a key; the first time with a pair of seeds begun for them. Paid from the user's account
 * here, or from the partner's own wallet: then also `partner/wallet-refused` and `partner/wallet-away`. Throws what `Openings.open` does.
 */
export async function openBoxFor(
  parts: Parts,
  partner: Partner,
  user: User,
  { key, wanted }: Readonly<{ key: string; wanted: PartnerOpenBox }>,
): Promise<PartnerOpened> {
  const { openings, book, payments } = parts
  const { user: externalId, clientSeed, ...boxes } = wanted
  const principal = callerOf(partner, user)
  const command = { principal, key: `${partner.id} ${key}`, wanted: boxes }
  const wallet = (await book.worldOf(partner.tenant))?.wallet
  const begin = () => beginSeeds(parts, principal, clientSeed)
  const opened = wallet
    ? await begin().then(() => openPaid(parts, command, payments.payer({ user, externalId, wallet })))
    : await openOwn(openings, command, begin)
  const { balance, ...rest } = opened
  const commission = await commissionOf(parts, partner, opened.opening as OutcomeId)
  return { user: externalId, ...rest, commission, balance: wallet ? null : balance }
}

type Command = Readonly<{ principal: Principal; key: string; wanted: Omit<PartnerOpenBox, 'user' | 'clientSeed'> }>

/** Seeds are begun when it turns out that there are none: of all openings of a user that is one. */
async function openOwn(
  openings: Parts['openings'],
  { principal, key, wanted }: Command,
  begin: () => Promise<void>,
): Promise<Opened> {
  try {
    return await openings.open(principal, key, wanted)
  } catch (cause) {
    if (toRollingDropError(cause).code !== 'seeds/unknown') throw cause
    await begin()
    return openings.open(principal, key, wanted)
  }
}

async function openPaid(
  { openings, payments }: Parts,
  { principal, key, wanted }: Command,
  payer: Payer,
): Promise<Opened> {
  let planned: PlannedOpening | undefined
  const noted: Payer = {
    ...payer,
    before: (plan) => {
      planned = plan
      return payer.before(plan)
    },
  }
  const { tenant } = principal
  try {
    const opened = await openings.open(principal, key, wanted, noted)
    if (planned) await payments.opened(tenant, planned.id)
    return opened
  } catch (cause) {
    // What was refused after the wallet was asked goes back; where the opening was committed and the answer lost, it is asked for again.
    const isOpened = planned !== undefined && (await payments.abandon(tenant, planned.id))
    if (isOpened) return openings.open(principal, key, wanted)
    const isEnded = toRollingDropError(cause).code === 'ledger/conflict'
    throw isEnded ? new RollingDropError('partner/wallet-away', undefined, cause) : cause
  }
}

/** Everything to check an opening in the tenant with, and whose it is. Throws `opening/unknown`. */
export async function openingIn(
  { pool, openings }: Pick<Parts, 'pool' | 'openings'>,
  tenant: TenantId,
  opening: string,
): Promise<Readonly<{ user: string | null; proof: OpeningProof }>> {
  const proof = isOutcomeId(opening) ? await openings.proof(tenant, opening) : undefined
  if (!proof) throw new RollingDropError('opening/unknown', { opening })
  return { user: (await findExternalId(pool, tenant, proof.user)) ?? null, proof }
}

async function beginSeeds({ openings }: Parts, principal: Principal, given: string | undefined): Promise<void> {
  const { current, next } = await openings.seeds(principal)
  if (current !== null) return
  const clientSeed = given ?? randomBytes(32).toString('hex')
  try {
    await openings.begin(principal, { seeds: next.seeds, clientSeed })
  } catch (cause) {
    // Another opening of the user's has begun them just now.
    if (toRollingDropError(cause).code !== 'seeds/unknown') throw cause
  }
}

/** What the partner earned of an opening, or anybody else of the same tenant. */
async function commissionOf({ ledger }: Parts, { tenant }: Partner, outcome: OutcomeId): Promise<string> {
  const events = await ledger.reader.events({ since: 0n, limit: 10, tenant, outcome, type: 'commission.posted' })
  const posted = events[0]?.payload as CommissionPosted | undefined
  return posted?.amount ?? '0'
}
