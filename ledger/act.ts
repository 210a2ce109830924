import type { OwnerId, TenantId } from '../schema/account.ts'
import { RollingDropError, toRollingDropError, type ErrorCode } from '../schema/errors.ts'
import type { EventDraft } from '../schema/event.ts'
import type { FreezeStep, HoldStep, Outcome, Receipt, Transfer } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import type { Ledger } from './ledger.ts'

/** What a decision changes besides the actor's state. */
export type ActEffects = Readonly<{
  kind: string
  transfers?: readonly Transfer[]
  holds?: readonly HoldStep[]
  freezes?: readonly FreezeStep[]
  events: readonly EventDraft[]
  /** The actor's next alarm (unix ms); null none, left out as it was. */
  wake_at_ms?: number | null
  /** Takes the actor off the hot table. */
  finished?: boolean
}>

/** `done`: nothing is left to do, and nothing is committed. */
export type ActDecision<State> =
  | Readonly<{ type: 'commit'; state: State; effects: ActEffects }>
  | Readonly<{ type: 'done'; state: State }>
  | Readonly<{ type: 'refuse'; code: ErrorCode; details?: unknown }>

/** An actor without a room, and how its state stands in the store. */
export type RoomlessActor<State> = Readonly<{
  id: string
  /** One of those that `actor_alarm` watches, where it has alarms. */
  kind: string
  tenant: TenantId
  read: (text: string) => State
  write: (state: State) => string
}>

export type ActCommand = Readonly<{
  id: OutcomeId
  request: string
  /** Who may read the receipt. */
  owner?: OwnerId
}>

/** `receipt` is undefined when nothing was left to do, now or before. */
export type Acted<State> = Readonly<{ receipt: Receipt | undefined; state: State }>

/** Times that others may be faster within one command. */
const TRIES_MAX = 64
/** Times that the ledger may be away; it has tried for long itself before it says so. */
const AWAY_MAX = 2

/**
 * Acts on an actor that has no room: reads it, decides, commits with the version it has read; whoever was slower reads again. `decide`
 * gets undefined where there is no such actor yet, and whether what it gets has finished; it may be asked several times. A command that
 * was committed before is answered with its receipt (`replayed`) and the state as it stands now, whatever is decided of it by now; one
 * that `decide` would refuse needs its `owner` for that.
 * Throws what `decide` refuses, what the ledger refuses, or `ledger/fenced` when others were faster again and again.
 */
export async function act<State>(
  ledger: Pick<Ledger, 'commit' | 'actors' | 'reader'>,
  actor: RoomlessActor<State>,
  command: ActCommand,
  decide: (state: State | undefined, isFinished: boolean) => ActDecision<State> | Promise<ActDecision<State>>,
): Promise<Acted<State>> {
  let away = 0
  for (let tries = 1; ; tries++) {
    const row = await ledger.actors.find(actor.id)
    const known = row?.tenant === actor.tenant && row.kind === actor.kind ? row : undefined
    if (row && !known) throw new RollingDropError('ledger/fenced')
    const decision = await decide(known && actor.read(known.state), known?.finished ?? false)
    if (decision.type !== 'commit') {
      // Another copy of the command may have come between our look and this decision, and have made the actor.
      const before = await receiptOf(ledger, actor, command)
      if (before) return { receipt: before, state: await stateOf(ledger, actor) }
      if (decision.type === 'done') return { receipt: undefined, state: decision.state }
      throw new RollingDropError(decision.code, decision.details)
    }
    try {
      const receipt = await ledger.commit(outcomeOf(actor, command, known, decision))
      return { receipt, state: receipt.replayed ? await stateOf(ledger, actor) : decision.state }
    } catch (cause) {
      const { code } = toRollingDropError(cause)
      // What was lost on the way is submitted again under the same id, which commits once.
      const isAgain = code === 'ledger/fenced' || (code === 'ledger/unavailable' && away++ < AWAY_MAX)
      if (!isAgain || tries === TRIES_MAX) throw cause
    }
  }
}

/** The receipt of a command that was committed before: what it has changed may be why it is refused now. */
async function receiptOf(
  { reader }: Pick<Ledger, 'reader'>,
  { tenant }: Pick<RoomlessActor<unknown>, 'tenant'>,
  { id, owner }: ActCommand,
): Promise<Receipt | undefined> {
  return owner === undefined ? undefined : reader.receipt(tenant, owner, id)
}

async function stateOf<State>({ actors }: Pick<Ledger, 'actors'>, { id, read }: RoomlessActor<State>): Promise<State> {
  const row = await actors.find(id)
  if (!row) throw new Error(`actor ${id} was committed and is gone`)
  return read(row.state)
}

function outcomeOf<State>(
  { id: actorId, kind: actorKind, tenant, write }: RoomlessActor<State>,
  { id, request, owner }: ActCommand,
  known: Readonly<{ epoch: number; version: number }> | undefined,
  { state, effects }: Extract<ActDecision<State>, { type: 'commit' }>,
): Outcome {
  const { kind, transfers = [], holds, freezes, events, wake_at_ms, finished } = effects
  const { epoch, version } = known ?? { epoch: 0, version: 0 }
  return {
    id,
    request,
    tenant,
    kind,
    transfers,
    events,
    ...(owner && { owner }),
    ...(holds && { holds }),
    ...(freezes && { freezes }),
    actor: {
      id: actorId,
      kind: actorKind,
      epoch,
      version,
      state: write(state),
      ...(wake_at_ms !== undefined && { wake_at_ms }),
      ...(finished && { finished }),
    },
  }
}
