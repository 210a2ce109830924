import { digestOf } from '../../schema/digest.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { PersonStated, PersonStatement } from '../../schema/person.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import { commitSurely } from '../welcome.ts'
import { yearsSince } from './age.ts'
import type { PersonParts, Somebody } from './persons.ts'

/** Persons that are remembered, about 200 bytes each. */
const REMEMBERED_MAX = 50_000
/** Nobody has become older. */
const YEARS_MAX = 125

const contextOf = (user: string): string => `person/${user}`

/** What persons have said of themselves. What is known stays in memory until the tail tells that it changed. */
export class Statements {
  readonly #parts: Pick<PersonParts, 'pool' | 'ledger' | 'sealer' | 'clock'>
  readonly #kept = new Map<string, PersonStatement>()
  /** Changes with everything that is told: what was read before is not kept. */
  #told = 0
  readonly close: () => void

  constructor(parts: Pick<PersonParts, 'pool' | 'ledger' | 'sealer' | 'clock' | 'tail'>) {
    this.#parts = parts
    this.close = parts.tail.subscribe((events) => {
      for (const { type, payload } of events)
        if (type === 'person.stated' || type === 'person.erased') this.#forget(String(payload['user']))
    })
  }

  /** Undefined until something was said; that is asked for anew each time. */
  async of({ tenant, user }: Somebody): Promise<PersonStatement | undefined> {
    const known = this.#kept.get(user)
    if (known) return known
    const told = this.#told
    const said = await this.#read(tenant, user)
    if (said && told === this.#told) this.#keep(user, said)
    return said
  }

  async state(who: Somebody, said: PersonStatement, isProven: boolean): Promise<void> {
    const { pool, ledger, sealer, clock } = this.#parts
    const { tenant, user } = who
    const years = yearsSince(said.birthDate, clock())
    if (years < 0 || years > YEARS_MAX)
      throw new RollingDropError('request/invalid', { issues: [{ path: 'birthDate', message: 'nobody is that old' }] })
    const sealed = sealer.seal(JSON.stringify(said), contextOf(user))
    const { rowCount } = await pool.query(
      `insert into person_standing(user_id, tenant, sealed, stated_ms) values ($1, $2, $3, $4) on conflict do nothing`,
      [user, tenant, sealed, clock()],
    )
    const before = rowCount === 1 ? said : await this.#read(tenant, user)
    if (before?.birthDate !== said.birthDate) throw new RollingDropError('person/stated')
    if (before.country !== said.country) {
      if (isProven) throw new RollingDropError('person/stated')
      await pool.query('update person_standing set sealed = $1 where user_id = $2', [sealed, user])
    }
    const payload: PersonStated = { user }
    await commitSurely(ledger, {
      id: uuidv7(clock()),
      kind: 'person.state',
      tenant,
      request: digestOf({ stated: user }),
      transfers: [],
      events: [{ type: 'person.stated', payload }],
    })
    this.#forget(user)
  }

  async #read(tenant: string, user: string): Promise<PersonStatement | undefined> {
    const sql = 'select sealed from person_standing where user_id = $1 and tenant = $2'
    const { rows } = await this.#parts.pool.query<{ sealed: string }>(sql, [user, tenant])
    return rows[0] && (JSON.parse(this.#parts.sealer.open(rows[0].sealed, contextOf(user))) as PersonStatement)
  }

  #keep(user: string, said: PersonStatement): void {
    this.#kept.set(user, said)
    if (this.#kept.size > REMEMBERED_MAX) this.#kept.delete(this.#kept.keys().next().value!)
  }

  #forget(user: string): void {
    this.#told += 1
    this.#kept.delete(user)
  }
}
