import type { RollingDropError } from '../../schema/errors.ts'
import type { EncodedFrame } from './frame.ts'

/** Somebody who reads the feed, through whatever door. */
export interface Subscriber {
  send(frame: EncodedFrame): void
  /** Bytes that are sent and not yet taken. Asked before every frame, so it must cost nothing. */
  buffered(): number
  /** The hub has let go of the subscriber already; what is left is to say why, and to close. */
  end(error: RollingDropError): void
}
