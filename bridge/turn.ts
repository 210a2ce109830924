import type { ActorRow, Actors, Ledger } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Turn } from './sink.ts'
import type { Wakeup } from './wakeup.ts'

/** How often a relay that stands by asks whether the one that has its turn is still alive. */
const ASK_MS = 500
const KIND = 'relay'

type Parts = Readonly<{
  ledger: Pick<Ledger, 'commit'> & Readonly<{ actors: Pick<Actors, 'activate' | 'find' | 'release'> }>
  /** This node's id among the living; another one after it was taken for dead. */
  node: () => string
}>

export type HeldTurn = Turn & Readonly<{ release(): Promise<void> }>

/**
 * Waits until no live node has its turn at the sink, and takes it; undefined when `stop` came first. The relay of a sink is an
 * actor: a turn is an activation of it, held by the lease and the lock of its node. A dead node's turn ends the instant its
 * process does, a frozen one's with its lease. Neither is the fence: that is the epoch at the cursor, or the sink's own.
 */
export async function takeTurn(
  { ledger, node }: Parts,
  { sink, stop, wakeup }: Readonly<{ sink: string; stop: AbortSignal; wakeup: Wakeup }>,
): Promise<HeldTurn | undefined> {
  const { actors } = ledger
  const id = `relay-${sink}`
  while (!stop.aborted) {
    const holder = node()
    const row = await actors.activate(id, holder)
    if (row) return { sink, epoch: row.epoch, node: holder, release: () => giveBack(actors, row) }
    if ((await actors.find(id)) === undefined) await create(ledger, id)
    else await wakeup.pause(ASK_MS, stop)
  }
  return undefined
}

async function giveBack(actors: Pick<Actors, 'release'>, row: ActorRow): Promise<void> {
  await actors.release(row)
}

/** Two nodes may try at once: the second is refused, and finds the first one's. */
async function create(ledger: Parts['ledger'], id: string): Promise<void> {
  try {
    await ledger.commit({
      id: uuidv7(),
      kind: 'relay.created',
      tenant: MAIN_TENANT,
      request: digestOf({ relay: id }),
      actor: { id, kind: KIND, epoch: 0, version: 0, state: '{}' },
      transfers: [],
      events: [{ type: 'actor.activated', payload: { actor: id } }],
    })
  } catch (error) {
    if (!(error instanceof RollingDropError) || error.code !== 'ledger/fenced') throw error
  }
}
