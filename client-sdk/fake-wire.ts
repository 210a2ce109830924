import type { Wire } from './wire.ts'

/** A wire in a test's hand: what was sent over it, and a way to say something to the client or to cut it. */
export class FakeWire {
  readonly sent: { type: string; message: unknown }[] = []
  readonly wire: Wire
  /** What becomes of it: `left` and `dropped` are the client's doing. */
  fate: 'open' | 'left' | 'dropped' | 'cut' = 'open'
  answersPings = true
  #gone: ((code: number, reason: string) => void)[] = []
  #state: ((state: unknown) => void)[] = []
  #messages = new Map<string, (message: unknown) => void>()

  constructor(address = 'node-1:3000') {
    this.wire = {
      address,
      onGone: (listen) => void this.#gone.push(listen),
      onState: (listen) => void this.#state.push(listen),
      onMessage: (type, listen) => void this.#messages.set(type, listen),
      send: (type, message) => void this.sent.push({ type, message }),
      ping: (pong) => {
        if (this.answersPings) pong()
      },
      leave: () => {
        this.fate = 'left'
        this.cut(4000, '')
      },
      drop: () => {
        this.fate = 'dropped'
        this.#gone = []
      },
    }
  }

  cut(code: number, reason = ''): void {
    if (this.fate === 'open') this.fate = 'cut'
    for (const listen of this.#gone.splice(0)) listen(code, reason)
  }

  show(state: unknown): void {
    for (const listen of this.#state) listen(state)
  }

  say(type: string, message: unknown): void {
    this.#messages.get(type)?.(message)
  }
}
