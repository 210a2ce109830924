import { afterAll, beforeAll } from 'vitest'
import { accountSpec } from './accounts.ts'
import { actorSpec } from './actors.ts'
import { eventSpec } from './events.ts'
import { fenceSpec } from './fence.ts'
import { groupSpec } from './group.ts'
import { holdSpec } from './holds.ts'
import { idempotencySpec } from './idempotency.ts'
import { lapsingSpec } from './lapsing.ts'
import { readerSpec } from './reader.ts'
import type { SpecLedger, SpecStore } from './store.ts'
import { stripeSpec } from './stripes.ts'
import { transferSpec } from './transfers.ts'
import { World } from './world.ts'

/** What every store promises. One store and one ledger for all cases; each case has a tenant of its own. */
export function ledgerSpec(openStore: () => Promise<SpecStore>): void {
  let store: SpecStore
  let opened: SpecLedger
  beforeAll(async () => {
    store = await openStore()
    opened = await store.open()
  })
  afterAll(async () => {
    await opened.close()
    await store.close()
  })
  const given = (): World => new World(store, opened)

  transferSpec(given)
  accountSpec(given)
  holdSpec(given)
  lapsingSpec(given)
  idempotencySpec(given)
  fenceSpec(given)
  actorSpec(given)
  eventSpec(given)
  readerSpec(given)
  stripeSpec(given)
  groupSpec(given)
}
