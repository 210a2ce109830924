import { battleChannels } from './battles.ts'
import type { Channel } from './channel.ts'
import { feedChannels } from './feed.ts'
import { sessionChannels } from './session.ts'

/** Every way in over which messages go on coming. */
export const channels: readonly Channel[] = [...feedChannels, ...battleChannels, ...sessionChannels]
