import { signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { BattleLink, LinkStatus } from '../../../client-sdk/api.ts'
import type { CommandReply } from '../../../schema/battle-message.ts'
import { battleRefOf, readBattleRef } from '../../../schema/battle-ref.ts'
import type { BattleState } from '../../../schema/battle-state.ts'
import type { BattleDetail } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { viewOfDetail, viewOfState, type BattleView } from './battle-view.ts'
import { loadContents } from './catalog.ts'
import { calm } from './motion.ts'
import { noteSeated } from './mine.ts'
import { createReveal, type Reveal } from './reveal.ts'
import { user } from './session.ts'
import { sentenceOf, toast, toastError } from './toast.ts'

/** One battle that a page has open. */
export type OpenBattle = Readonly<{
  id: string
  view: ReadonlySignal<BattleView | null>
  /** The record with its proof, once the battle is over. */
  detail: ReadonlySignal<BattleDetail | null>
  status: ReadonlySignal<LinkStatus>
  /** Why there is nothing to show. */
  problem: ReadonlySignal<string | null>
  /** Whether a command is on its way. */
  busy: ReadonlySignal<boolean>
  reveal: Reveal
  say: (command: (link: BattleLink) => Promise<CommandReply>) => Promise<void>
  close: () => void
}>

const RECORD_ATTEMPTS = 5

const over = (phase: string) => phase === 'settled' || phase === 'cancelled'

/** Opens a battle by its id, or its id and key: a finished one from its record, any other live until it is finished. */
export function openBattle(ref: string): OpenBattle {
  const { id } = readBattleRef(ref) ?? { id: ref }
  const reveal = createReveal(() => calm.value)
  const battle = {
    id,
    reveal,
    view: signal<BattleView | null>(null),
    detail: signal<BattleDetail | null>(null),
    status: signal<LinkStatus>('connecting'),
    problem: signal<string | null>(null),
    busy: signal(false),
  }
  let link: BattleLink | null = null
  let closed = false

  const show = (next: BattleView) => {
    for (const box of new Set(next.rounds)) loadContents(box).catch(toastError)
    battle.view.value = next
    noteSeated(id, isSeated(next))
    reveal.update(next)
  }
  const takeState = (state: BattleState) => {
    if (closed || state.battle === '') return
    show(viewOfState(state))
    if (state.phase === 'settled' && battle.detail.value === null) void takeRecord()
  }
  const takeRecord = async () => {
    try {
      battle.detail.value = await recordOf(ref)
    } catch (error) {
      toastError(error)
    }
  }
  const watch = () => {
    link = sdk.battles.watch(ref)
    link.onChange(takeState)
    link.onStatus((next) => {
      battle.status.value = next
      if (next === 'closed' && !closed) void open(false)
    })
    battle.status.value = link.status
    if (link.state) takeState(link.state)
  }
  // A link closed for good means that the battle is over, or that it never was: the record knows.
  const open = async (mayWatch: boolean) => {
    try {
      const record = await sdk.battles.get(ref)
      if (closed) return
      showKey(record)
      if (over(record.phase)) {
        battle.detail.value = record
        battle.status.value = 'live'
        show(viewOfDetail(record))
      } else if (mayWatch) watch()
      else battle.problem.value = 'The connection to this battle has ended. Reload the page to come back.'
    } catch (error) {
      battle.problem.value = sentenceOf(error)
    }
  }
  void open(true)
  return {
    ...battle,
    say: (command) => say(link, command, battle.busy),
    close: () => {
      closed = true
      reveal.stop()
      // The page is gone already: whether the socket said goodbye in time matters to nobody.
      link?.close().catch(() => undefined)
    },
  }
}

function isSeated({ seats }: BattleView): boolean {
  const me = user.peek()?.id
  return seats.some((seat) => seat !== null && !seat.bot && seat.user === me)
}

/** Whoever came without the key, as one who sits there may, has it in the address too: to share, and to come back by. */
function showKey({ id, key }: BattleDetail): void {
  if (key !== undefined) history.replaceState(null, '', `/b/${battleRefOf({ id, key })}`)
}

/** The record of a settled battle; right after the end it may take a moment to be readable. */
async function recordOf(ref: string): Promise<BattleDetail> {
  for (let attempt = 1; ; attempt++) {
    const record = await sdk.battles.get(ref)
    if (record.phase === 'settled' || attempt === RECORD_ATTEMPTS) return record
    await new Promise((resolve) => setTimeout(resolve, 300 * attempt))
  }
}

/** One command at a time; a refusal is told in its own sentence. */
async function say(
  link: BattleLink | null,
  command: (link: BattleLink) => Promise<CommandReply>,
  busy: Signal<boolean>,
): Promise<void> {
  if (!link || busy.value) return
  busy.value = true
  try {
    const reply = await command(link)
    if (!reply.ok) toast(reply.error.message, 'bad', reply.error.code)
  } catch (error) {
    toastError(error)
  } finally {
    busy.value = false
  }
}
