import type { Pool } from 'pg'
import type { Ledger, Tail } from '../../ledger/ledger.ts'
import type { TenantId } from '../../schema/account.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { OwnPerson, PersonStatement, ProofResult, TenantRules } from '../../schema/person.ts'
import type { Principal } from '../access.ts'
import type { Sealer } from '../seal.ts'
import { refusalOf } from './age.ts'
import type { KycProvider, KycWebhook } from './kyc.ts'
import { Proofs } from './proofs.ts'
import { RulesOfTenants } from './rules.ts'
import { Statements } from './statements.ts'

/** Whom it is about. */
export type Somebody = Pick<Principal, 'tenant' | 'user'>

/** Who people are outside of here, and what follows from it for real money. Play money needs none of it. */
export interface Persons {
  /** What is known of a person; what it says of the past is told to nobody else. */
  standing(who: Somebody): Promise<OwnPerson>
  /**
   * Takes down what a person says of themselves. Throws `person/stated` when they said another date of birth before, or
   * have proved who they are; `request/invalid` for a date that is none of a living person's.
   */
  state(who: Somebody, said: PersonStatement): Promise<OwnPerson>
  /** Throws `person/age-unknown`, `person/too-young` or `box/not-sold-here` unless this person may spend real money now. */
  demandRealMoney(who: Somebody): Promise<void>
  /** Throws `person/unproven`, or `person/proof-pending`, unless this person has proved who they are. */
  demandProven(who: Somebody): Promise<void>
  /**
   * Has the provider check who somebody is, and returns where; an open check is gone on with. Throws `person/stated` when that is
   * proven already, `person/age-unknown`, or `person/unavailable`.
   */
  beginProof(who: Somebody): Promise<Readonly<{ url: string }>>
  /** What a provider tells. Late, twice or out of order changes nothing. Throws `person/signature`. */
  heard(provider: string, webhook: KycWebhook): Promise<void>
  /** Decides in the place of the provider. Throws `user/unknown`. */
  decide(by: Somebody, user: string, result: ProofResult): Promise<OwnPerson>
  rules(tenant: TenantId): Promise<TenantRules>
  /** Sets the rules of the tenant of whoever acts; on every node they hold within a second. */
  setRules(by: Somebody, rules: TenantRules): Promise<void>
  close(): void
}

export type PersonParts = Readonly<{
  pool: Pool
  ledger: Ledger
  tail: Pick<Tail, 'subscribe'>
  sealer: Sealer
  /** Undefined where nobody checks identities but the staff. */
  kyc: KycProvider | undefined
  /** The rules of tenants that have none of their own. */
  usualRules: TenantRules
  /** Unix ms. */
  clock: () => number
}>

/** The persons of one node. */
export function createPersons(parts: PersonParts): Persons {
  const { clock } = parts
  const rules = new RulesOfTenants({ ...parts, usual: parts.usualRules })
  const statements = new Statements(parts)
  const proofs = new Proofs(parts)

  async function refusal(who: Somebody) {
    const [said, lawful] = await Promise.all([statements.of(who), rules.of(who.tenant)])
    return refusalOf(said, lawful, clock())
  }

  async function standing(who: Somebody): Promise<OwnPerson> {
    const [said, lawful, proof] = await Promise.all([statements.of(who), rules.of(who.tenant), proofs.stateOf(who)])
    const { birthDate = null, country = null } = said ?? {}
    return { birthDate, country, refusal: refusalOf(said, lawful, clock()), proof }
  }

  return {
    standing,
    async state(who, said) {
      await statements.state(who, said, (await proofs.stateOf(who)) === 'proven')
      return standing(who)
    },
    async demandRealMoney(who) {
      const code = await refusal(who)
      if (code !== null) throw new RollingDropError(code)
    },
    async demandProven(who) {
      const proof = await proofs.stateOf(who)
      if (proof !== 'proven')
        throw new RollingDropError(proof === 'pending' ? 'person/proof-pending' : 'person/unproven')
    },
    async beginProof(who) {
      if ((await statements.of(who)) === undefined) throw new RollingDropError('person/age-unknown')
      return proofs.begin(who)
    },
    heard: (provider, webhook) => proofs.heard(provider, webhook),
    async decide(by, user, result) {
      await proofs.decide(by, user, result)
      return standing({ tenant: by.tenant, user })
    },
    rules: (tenant) => rules.of(tenant),
    setRules: (by, wanted) => rules.set(by, wanted),
    close() {
      rules.close()
      statements.close()
    },
  }
}
