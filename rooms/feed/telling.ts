import type { BattleCreated, BattleJoined, BattleLeft, BattleSettled } from '../../schema/battle-event.ts'
import type { CommittedEvent, EventType } from '../../schema/event.ts'
import type { FeedEvent } from '../../schema/feed.ts'
import type { ListingEnded, ListingOpened, ListingSold } from '../../schema/market.ts'
import type { OpeningOpened } from '../../schema/opening.ts'
import { topicsOf } from '../../schema/topic.ts'
import { maskedUser } from '../../schema/masked-user.ts'
import type { Wish } from './filter.ts'

type Payload = CommittedEvent['payload']
/** How a user is called before whoever is told. */
type Call = (user: string) => string

const same = (payload: Payload): Payload => payload
const named = (user: string | null, call: Call) => (user === null ? null : call(user))

/** How an event of each type is told to strangers. A type that does not stand here is not told to them. */
const tellings: Partial<Record<EventType, (payload: Payload, call: Call) => Payload>> = {
  'box.published': same,
  'box.retired': same,
  'entropy.published': same,
  'battle.created': (payload, call) => ({ ...payload, creator: call((payload as BattleCreated).creator) }),
  'battle.joined': (payload, call) => ({ ...payload, user: named((payload as BattleJoined).user, call) }),
  'battle.left': (payload, call) => ({ ...payload, user: call((payload as BattleLeft).user) }),
  'battle.cancelled': same,
  'battle.started': same,
  'battle.refixed': same,
  'battle.settled': (payload, call) => {
    const { seats } = payload as BattleSettled
    const masked = seats.map((seat) => Object.assign({}, seat, { user: named(seat.user, call) }))
    return { ...payload, seats: masked }
  },
  'listing.opened': (payload, call) => ({ ...payload, user: call((payload as ListingOpened).user) }),
  'listing.sold': (payload, call) => {
    // An order is its user's own: its id would say which of the sales were the same one's.
    const { order: _private, ...told } = payload as ListingSold
    return { ...told, user: call(told.user), buyer: call(told.buyer) }
  },
  'listing.ended': (payload, call) => ({ ...payload, user: call((payload as ListingEnded).user) }),
  'opening.opened': (payload, call) => {
    const { clientSeed: _secret, opening, ...told } = payload as OpeningOpened
    const user = call(told.user)
    // Whoever has the id of an opening gets its proof, which names the user: it is theirs to pass on.
    return { ...told, ...(user === told.user && { opening }), user }
  },
}

/** A committed event as the public feed tells it, users masked; undefined when it is not for the public. */
export function publicEvent(event: CommittedEvent): FeedEvent | undefined {
  const tell = event.audience === 'public' ? tellings[event.type] : undefined
  return tell && told(event, tell(event.payload, maskedUser), publicActor(event))
}

/** A committed event as it is told to whoever has this wish; undefined when it is not for them at all. */
export function tell(wish: Wish, event: CommittedEvent): FeedEvent | undefined {
  if (event.tenant !== wish.tenant || event.audience === 'internal') return undefined
  if (wish.view !== 'public') return topicsOf(event.type).includes(wish.view) ? told(event, event.payload) : undefined
  return wish.user === undefined ? publicEvent(event) : ownEvent(wish.user, event)
}

/** A user is told their own events too, and their own name; others stay masked. */
function ownEvent(user: string, event: CommittedEvent): FeedEvent | undefined {
  const isTheirs = event.audience === 'user' && event.user === user
  if (!isTheirs && event.audience !== 'public') return undefined
  const telling = tellings[event.type]
  if (telling)
    return told(
      event,
      telling(event.payload, (each) => (each === user ? each : maskedUser(each))),
    )
  return isTheirs ? told(event, event.payload) : undefined
}

/** The actor of what one does alone is called after its user. */
function publicActor({ type, actor }: CommittedEvent): string | null {
  return type === 'opening.opened' ? null : actor
}

function told(event: CommittedEvent, payload: Payload, actor = event.actor): FeedEvent {
  const { seq, type, at_ms } = event
  return { seq: seq.toString(), type, actor, at_ms, payload }
}
