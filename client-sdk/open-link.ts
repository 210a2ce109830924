import type { Clock } from './clock.ts'
import type { Door, Wanted } from './door.ts'
import type { Identity } from './identity.ts'
import { Link, type LinkOptions } from './link.ts'

type Opening = Pick<LinkOptions, 'attach' | 'isOver'> &
  Readonly<{ kind: Wanted['kind']; id: () => Promise<string>; options?: () => unknown; silence?: Partial<Silence> }>

type Silence = Readonly<{ quiet_ms: number; answer_ms: number }>

/** Opens a link to an actor, as battle, feed and session do. */
export type OpenLink = (opening: Opening) => Link

/** A frozen node is noticed within 4 s; asking 10,000 idle sockets more often than this would cost more than it tells. */
const SILENCE: Silence = { quiet_ms: 2000, answer_ms: 1500 }

export function linkOpener({ door, identity, clock }: { door: Door; identity: Identity; clock: Clock }): OpenLink {
  return ({ kind, id, options, silence, ...rest }) =>
    new Link({
      ...SILENCE,
      ...silence,
      ...rest,
      clock,
      enter: async (hint) => door.enter({ kind, id: await id(), options: options?.() }, hint),
      token: async () => (await identity.current()).token,
      renew: () => door.renew(),
      suspect: (address) => door.suspect(address),
    })
}
