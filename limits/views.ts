import type { PersonalLimits } from '../game/limits/state.ts'
import type { Tail } from '../ledger/ledger.ts'

/** Users whose limits are remembered; most have none, which takes about 100 bytes. */
const REMEMBERED_MAX = 100_000

type Loaded = Promise<PersonalLimits | undefined>

/**
 * What a node remembers of people's limits, until the tail tells that they changed. It may be old for as long as the tail takes: what is
 * taken by an old one the ledger still refuses where it is too much.
 */
export class LimitViews {
  readonly #kept = new Map<string, Loaded>()
  readonly close: () => void

  constructor(tail: Pick<Tail, 'subscribe'>) {
    this.close = tail.subscribe((events) => {
      for (const { type, payload } of events) if (type.startsWith('limit.')) this.forget(String(payload['user']))
    })
  }

  of(user: string, load: () => Loaded): Loaded {
    const known = this.#kept.get(user)
    if (known) return known
    const loading = load()
    this.#kept.set(user, loading)
    // What failed is not kept: the next caller asks again.
    loading.catch(() => this.#kept.get(user) === loading && this.#kept.delete(user))
    if (this.#kept.size > REMEMBERED_MAX) this.#kept.delete(this.#kept.keys().next().value!)
    return loading
  }

  forget(user: string): void {
    this.#kept.delete(user)
  }
}
