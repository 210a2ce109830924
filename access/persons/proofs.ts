import { RollingDropError } from '../../schema/errors.ts'
import { digestOf } from '../../schema/digest.ts'
import type { EventDraft } from '../../schema/event.ts'
import type { PersonProofDecided, ProofResult, ProofState } from '../../schema/person.ts'
import { derivedId, uuidv7, type OutcomeId } from '../../schema/uuid.ts'
import { acted } from '../acts.ts'
import { commitSurely } from '../welcome.ts'
import type { KycWebhook } from './kyc.ts'
import type { PersonParts, Somebody } from './persons.ts'

type Proof = Readonly<{ id: OutcomeId; user_id: string; tenant: string; state: ProofState; url: string | null }>

/** Who decides in the place of a provider. */
const STAFF = 'staff'

/**
 * Checks of identities. Asked of the database each time: they matter where money leaves, which is seldom.
 *
 *     none ──begin──▶ pending ──the provider or the staff──▶ proven, for good
 *                        └──▶ refused ──begin──▶ pending
 */
export class Proofs {
  readonly #parts: Pick<PersonParts, 'pool' | 'ledger' | 'kyc' | 'clock'>

  constructor(parts: Pick<PersonParts, 'pool' | 'ledger' | 'kyc' | 'clock'>) {
    this.#parts = parts
  }

  async stateOf(who: Somebody): Promise<ProofState> {
    return (await this.#last(who))?.state ?? 'none'
  }

  async begin(who: Somebody): Promise<Readonly<{ url: string }>> {
    const { kyc } = this.#parts
    if (!kyc) throw new RollingDropError('person/unavailable')
    const open = (await this.#last(who)) ?? undefined
    if (open?.state === 'proven') throw new RollingDropError('person/stated')
    if (open?.state === 'pending' && open.url !== null) return { url: open.url }
    const id = open?.state === 'pending' ? open.id : await this.#insert(who, kyc.name)
    const { reference, url } = await kyc.begin(id)
    await this.#parts.pool.query('update person_proof set reference = $2, url = $3 where id = $1', [id, reference, url])
    return { url }
  }

  async heard(provider: string, webhook: KycWebhook): Promise<void> {
    const { kyc, pool } = this.#parts
    if (kyc?.name !== provider) throw new RollingDropError('request/not-found')
    const { reference, result } = kyc.read(webhook)
    const sql = 'select id, user_id, tenant, state, url from person_proof where provider = $1 and reference = $2'
    const proof = (await pool.query<Proof>(sql, [provider, reference])).rows[0]
    // The answer to `begin` may still be under way: the provider tells again what was not taken.
    if (!proof) throw new RollingDropError('person/unknown-proof')
    await this.#decide(proof, result, [])
  }

  async decide(by: Somebody, user: string, result: ProofResult): Promise<void> {
    const who = { tenant: by.tenant, user }
    const known = await this.#parts.pool.query('select 1 from app_user where id::text = $1 and tenant = $2', [
      user,
      by.tenant,
    ])
    if (known.rowCount !== 1) throw new RollingDropError('user/unknown')
    const before = await this.#last(who)
    const id = before?.state === 'pending' ? before.id : await this.#insert(who, STAFF)
    const proof: Proof = { id, user_id: user, tenant: by.tenant, state: 'pending', url: null }
    const object = `user:${user}`
    const act = { by, action: 'person.decide', object, before: before?.state ?? 'none', after: result }
    await this.#decide(proof, result, [acted(act)])
  }

  /** The first verdict stands; its event commits once however often it is told. */
  async #decide({ id, user_id: user, tenant }: Proof, result: ProofResult, acts: readonly EventDraft[]): Promise<void> {
    const { pool, ledger, clock } = this.#parts
    const { rows } = await pool.query<{ state: ProofResult; decided: boolean }>(
      `with done as (update person_proof set state = $2, decided_ms = $3 where id = $1 and state = 'pending' returning state)
       select state, true as decided from done
       union all select state, false from person_proof where id = $1 and not exists (select from done)`,
      [id, result, clock()],
    )
    const stands = rows[0]?.state
    if (stands !== result) return
    const payload: PersonProofDecided = { user, proof: id }
    const type = result === 'proven' ? 'person.proven' : 'person.refused'
    await commitSurely(ledger, {
      id: derivedId(id, 'decided'),
      kind: 'person.decide',
      tenant,
      request: digestOf({ proof: id, result }),
      transfers: [],
      events: [{ type, user, payload }, ...acts],
    })
  }

  async #last({ tenant, user }: Somebody): Promise<Proof | undefined> {
    const { rows } = await this.#parts.pool.query<Proof>(
      `select id, user_id, tenant, state, url from person_proof where user_id = $1 and tenant = $2
       order by state = 'proven' desc, begun_ms desc, id desc limit 1`,
      [user, tenant],
    )
    return rows[0]
  }

  /** A check that is open; of two that are begun at once one is made. */
  async #insert({ tenant, user }: Somebody, provider: string): Promise<OutcomeId> {
    const { pool, clock } = this.#parts
    await pool.query(
      `insert into person_proof(id, user_id, tenant, provider, state, begun_ms) values ($1, $2, $3, $4, 'pending', $5)
       on conflict do nothing`,
      [uuidv7(clock()), user, tenant, provider, clock()],
    )
    const sql = `select id from person_proof where user_id = $1 and state = 'pending'`
    const { rows } = await pool.query<{ id: OutcomeId }>(sql, [user])
    if (!rows[0]) throw new RollingDropError('person/unavailable')
    return rows[0].id
  }
}
