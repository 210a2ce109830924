import { Allowance } from '../../access/partners/allowance.ts'
import type { Clock } from '../../entropy/clock.ts'
import type { EncodedFrame } from '../feed/frame.ts'
import type { Subscriber } from '../feed/subscriber.ts'
import type { PacedSubscriber } from '../live/feed-socket.ts'

type Queue = { readonly to: Subscriber; readonly frames: EncodedFrame[]; bytes: number }

const SECOND_MS = 1000

/**
 * How many events a second one partner is told on this node, over all its feeds. Frames past that wait and count as unread, so
 * that whoever is offered more than its pace for long is treated by the feed as one who reads too slowly. Feeds that wait
 * take turns.
 */
export class PartnerPace {
  readonly #clock: Clock
  readonly #allowance = new Allowance()
  readonly #waiting = new Set<Queue>()
  #per_s: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, per_s: number) {
    this.#clock = clock
    this.#per_s = per_s
  }

  set per_s(per_s: number) {
    this.#per_s = per_s
  }

  pace(to: Subscriber): PacedSubscriber {
    const queue: Queue = { to, frames: [], bytes: 0 }
    return {
      send: (frame) => this.#send(queue, frame),
      buffered: () => to.buffered() + queue.bytes,
      end: (error) => to.end(error),
      forget: () => {
        this.#waiting.delete(queue)
        queue.frames.length = 0
        queue.bytes = 0
      },
    }
  }

  close(): void {
    this.#cancel?.()
    this.#waiting.clear()
  }

  #send(queue: Queue, frame: EncodedFrame): void {
    if (this.#waiting.size === 0 && this.#take(frame) === 0) return queue.to.send(frame)
    queue.frames.push(frame)
    queue.bytes += frame.bytes
    this.#waiting.add(queue)
    if (!this.#cancel) this.#go()
  }

  /** Sends what may be sent, one frame of each feed in turn, and comes back when there is more. */
  #go(): void {
    this.#cancel = undefined
    for (const queue of this.#waiting) {
      const [frame] = queue.frames
      const wait_ms = this.#take(frame!)
      if (wait_ms > 0) {
        this.#cancel = this.#clock.at(this.#clock.now() + Math.ceil(wait_ms), () => this.#go())
        return
      }
      queue.frames.shift()
      queue.bytes -= frame!.bytes
      // Taken out and put in again it is the last in turn; a walk over a set comes to what is added on the way.
      this.#waiting.delete(queue)
      if (queue.frames.length > 0) this.#waiting.add(queue)
      queue.to.send(frame!)
    }
  }

  #take({ value }: EncodedFrame): number {
    return this.#allowance.take(value.events.length, { amount: this.#per_s, period_ms: SECOND_MS }, this.#clock.now())
  }
}
