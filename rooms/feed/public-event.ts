import type { BattleCreated, BattleJoined, BattleLeft, BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import type { FeedEvent } from '../../schema/feed.ts'
import { maskedUser } from '../masked-user.ts'

type Payload = CommittedEvent['payload']

const same = (payload: Payload): Payload => payload
const ofUser = (user: string | null) => (user === null ? null : maskedUser(user))

/** How an event of each type is told to strangers. A type that does not stand here is not told. */
const tellings: Partial<Record<EventType, (payload: Payload) => Payload>> = {
  'box.published': same,
  'entropy.published': same,
  'battle.created': (payload) => ({ ...payload, creator: maskedUser((payload as BattleCreated).creator) }),
  'battle.joined': (payload) => ({ ...payload, user: ofUser((payload as BattleJoined).user) }),
  'battle.left': (payload) => ({ ...payload, user: maskedUser((payload as BattleLeft).user) }),
  'battle.cancelled': same,
  'battle.started': same,
  'battle.refixed': same,
  'battle.settled': (payload) => {
    const { seats } = payload as BattleSettled
    const masked = seats.map((seat) => Object.assign({}, seat, { user: ofUser(seat.user) }))
    return { ...payload, seats: masked }
  },
}

/** A committed event as the public feed tells it, users masked; undefined when it is not for the public. */
export function publicEvent(event: CommittedEvent): FeedEvent | undefined {
  const tell = event.audience === 'public' ? tellings[event.type] : undefined
  if (!tell) return undefined
  return {
    seq: event.seq.toString(),
    type: event.type,
    actor: event.actor,
    at_ms: event.at_ms,
    payload: tell(event.payload),
  }
}
