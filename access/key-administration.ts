import type { Ledger } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { acted, AT_THE_CONSOLE, recordAct } from './acts.ts'
import type { SigningKey, SigningKeyStore } from './signing-key.ts'
import { commitSurely } from './welcome.ts'

type Parts = Readonly<{ store: SigningKeyStore; ledger: Ledger; clock: () => number }>

/** What whoever runs the cell does with its signing keys; all of it is an act in the ledger's chain. */
export class KeyAdministration {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  list(): Promise<readonly SigningKey[]> {
    return this.#parts.store.all()
  }

  /** One more key, which signs once every node and whoever keeps copies has had the time to see it. */
  async rotate(): Promise<SigningKey> {
    const { store, ledger, clock } = this.#parts
    const before = new Set((await store.all()).map(({ kid }) => kid))
    const keys = await store.rotate(clock(), () => true)
    const key = keys.find(({ kid }) => !before.has(kid)) ?? keys.at(-1)!
    const { kid, signs_from_ms } = key
    const act = { action: 'signing-key.rotate', object: `signing-key:${kid}`, before: null, after: { signs_from_ms } }
    await recordAct(ledger, { by: AT_THE_CONSOLE, ...act }, clock())
    return key
  }

  /** Nothing the key has signed is worth anything from now on, on every node within 5 s. False when there is no such key. */
  async end(kid: string): Promise<boolean> {
    const { store, ledger, clock } = this.#parts
    const now_ms = clock()
    if (!(await store.end(kid, now_ms))) return false
    const change = { object: `signing-key:${kid}`, before: { ended: false }, after: { ended: true } }
    // Again for one that had ended before: the node that did it may not have lived to tell.
    await commitSurely(ledger, {
      id: uuidv7(now_ms),
      kind: 'access.end-key',
      tenant: MAIN_TENANT,
      request: digestOf({ kid, now_ms }),
      transfers: [],
      events: [
        { type: 'access.key-ended', payload: { key: kid } },
        acted({ by: AT_THE_CONSOLE, action: 'signing-key.end', ...change }),
      ],
    })
    return true
  }
}
