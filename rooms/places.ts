import { matchMaker } from '@colyseus/core'
import type { LedgerReader } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import type { Log } from './actor.ts'
import type { BattleHost } from './battle/host.ts'
import type { BattleRoom } from './battle/room.ts'
import { wishOf } from './feed/filter.ts'
import type { FeedHub } from './feed/hub.ts'
import { FEED, FeedRoom, type FeedRoomOptions } from './feed/room.ts'
import type { Guard } from './guarded-room.ts'
import type { Places } from './seat.ts'
import type { SessionHub } from './session/hub.ts'
import { SESSION, SessionRoom, type SessionRoomOptions } from './session/room.ts'
import { openRoom, type Opened, type RoomShelf } from './shelf.ts'

type Parts = Readonly<{
  battles: BattleHost<Opened<BattleRoom>>
  feed: FeedHub
  sessions: SessionHub
  shelves: Readonly<{ feed: RoomShelf<FeedRoom>; session: RoomShelf<SessionRoom> }>
  guard: Guard
  reader: LedgerReader
  log: Log
}>

/** The rooms of this node: one of a battle where it is active, one for the feed, one a user. */
export function placesOf({ battles, feed, sessions, shelves, guard, reader, log }: Parts): Places {
  return {
    async battle(id, principal, take) {
      const place = await battles.place(id, take)
      if ('here' in place) place.here.room.admit(principal)
      return place
    },
    async feed({ filter }, principal) {
      feed.admit(wishOf(principal?.tenant ?? MAIN_TENANT, filter, 'public', principal?.user))
      const options: FeedRoomOptions = { roomId: `feed-${matchMaker.processId}`, guard, hub: feed }
      return { here: await shelves.feed.place('main', () => openRoom(FEED, FeedRoom, options)) }
    },
    async session({ tenant, user, name }) {
      const roomId = `session-${user}-${matchMaker.processId}`
      const options: SessionRoomOptions = { roomId, guard, owner: { tenant, user }, name, hub: sessions, reader, log }
      return { here: await shelves.session.place(`${tenant} ${user}`, () => openRoom(SESSION, SessionRoom, options)) }
    },
  }
}
