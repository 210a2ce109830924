import type { FeedFrame } from '../../../schema/feed.ts'
import type { TestRooms } from '../../../test/rooms.ts'

export type Asked = Readonly<{
  since?: string
  /** What is asked for may be wrong. */
  filter?: Readonly<Record<string, unknown>>
  token?: string
  /** Pings are not answered. */
  isMute?: boolean
}>

export type Told = FeedFrame & Readonly<{ recovered?: boolean }>

/** One reader of the feed, through some door. */
export interface Reading {
  /** The welcome and the frames, as they came. */
  readonly frames: readonly Told[]
  /** Codes of what was refused, and why it ended. */
  readonly codes: readonly string[]
  readonly ended: Promise<void>
  /** Wants no more, in the words that the door has; where it has none, by going. */
  leave(): void
  /** Goes without a word. */
  cut(): void
  /** Stops reading. */
  pause(): void
  /** Asks for the feed once more over the same connection. */
  again?(asked: Asked): void
}

/** A door of the feed, as the shared spec knows it. */
export interface TestDoor {
  readonly name: string
  /** Resolves when it is connected or refused. */
  read(node: TestRooms, asked?: Asked): Promise<Reading>
  /** Whether users come in here, who are known by their tokens. */
  readonly users: boolean
  /** The code with which a second subscription of one connection is refused; undefined: nothing can be said here. */
  readonly doubled: string | undefined
  /** How somebody is cut off who does not answer pings; undefined: there are none. */
  readonly silenced: string | undefined
  /** Says so many bytes, which is too much, and resolves with how that is refused: a code of ours, or what closes. */
  shout(node: TestRooms, bytes: number): Promise<string>
  /** How more than 4 KiB and how 1 MB are refused. */
  readonly refuses: Readonly<{ large: string; huge: string }>
}
