import { matchMaker } from '@colyseus/core'
import { assertMayEnter } from '../access/battle-key.ts'
import type { Sealer } from '../access/seal.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import type { BattleHost } from './battle/host.ts'
import type { BattleRoom } from './battle/room.ts'
import { wishOf } from './feed/filter.ts'
import type { FeedHub } from './feed/hub.ts'
import { FEED, FeedRoom, type FeedRoomOptions } from './feed/room.ts'
import type { Guard } from './guarded-room.ts'
import type { Places } from './seat.ts'
import type { SessionHost } from './session/host.ts'
import type { SessionRoom } from './session/room.ts'
import { openRoom, type Opened, type RoomShelf } from './shelf.ts'

type Parts = Readonly<{
  sealer: Sealer
  battles: BattleHost<Opened<BattleRoom>>
  feed: FeedHub
  sessions: SessionHost<Opened<SessionRoom>>
  feedShelf: RoomShelf<FeedRoom>
  guard: Guard
}>

/** The rooms of this node: one of a battle or a session where it is active, and one for the feed. */
export function placesOf({ sealer, battles, feed, sessions, feedShelf, guard }: Parts): Places {
  return {
    async battle({ id, key }, principal, take) {
      const place = await battles.place(id, take)
      if ('at' in place) return place
      const { room } = place.here
      assertMayEnter(sealer, room.battle, { ...(key !== undefined && { key }), user: principal?.user })
      room.admit(principal)
      return place
    },
    async feed({ filter }, principal) {
      feed.admit(wishOf(principal?.tenant ?? MAIN_TENANT, filter, 'public', principal?.user))
      const options: FeedRoomOptions = { roomId: `feed-${matchMaker.processId}`, guard, hub: feed }
      return { here: await feedShelf.place('main', () => openRoom(FEED, FeedRoom, options)) }
    },
    session: ({ tenant, user, name }, take) => sessions.place({ tenant, user, name }, take),
  }
}
