import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleAll,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
} from 'cockatiel'
import { RollingDropError } from '../schema/errors.ts'

/** What stands between us and something that may not answer. */
export interface Breaker {
  /**
   * Does the work, and gives what it gives. The work ends all it has begun when `signal` fires, and has read all it needs when it
   * returns: the signal fires then, too.
   * @throws RollingDropError `server/busy`, with the name and `retryAfter_s`: the work was not begun, for the circuit is open or
   * too much is under way
   * @throws Error `no answer within … ms`: whether the other side has done what was asked is not known
   * @throws whatever the work throws
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>
  readonly state: 'closed' | 'open' | 'half-open'
}

type Options = Readonly<{
  /** Names the other side in what callers are told. No secret, no address. */
  name: string
  /** From the beginning of the work; waiting for its turn comes on top. */
  timeout_ms: number
  at_once_max: number
  /** How many may wait for their turn; one more is refused. */
  waiting_max: number
  /** As many failures in a row open the circuit. */
  failures: number
  /** How long an open circuit lets nothing through. */
  rest_ms: number
}>

/**
 * A circuit breaker, a bulkhead and a time-out around calls to one other side.
 *
 *     closed ──`failures` in a row──▶ open ──`rest_ms`──▶ half-open ──one call goes well──▶ closed
 *                                      ▲                      │ it fails
 *                                      └──────────────────────┘
 *
 * Time-outs and errors are failures. A RollingDropError is an answer: the work has understood what the other side said. While one
 * call tries a half-open circuit, the others wait for how it goes.
 */
export function createBreaker(options: Options): Breaker {
  const { name, timeout_ms, at_once_max, waiting_max, failures, rest_ms } = options
  const slots = bulkhead(at_once_max, waiting_max)
  const circuit = circuitBreaker(handleAll, { halfOpenAfter: rest_ms, breaker: new ConsecutiveBreaker(failures) })
  const limit = timeout(timeout_ms, TimeoutStrategy.Aggressive)
  let opened_ms = 0
  circuit.onBreak(() => {
    opened_ms = Date.now()
  })

  function explain(error: unknown): unknown {
    const wait_ms = error instanceof BrokenCircuitError ? opened_ms + rest_ms - Date.now() : 0
    if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError)
      return new RollingDropError('server/busy', { name, retryAfter_s: Math.max(1, Math.ceil(wait_ms / 1000)) }, error)
    if (error instanceof TaskCancelledError) return new Error(`no answer within ${timeout_ms} ms`, { cause: error })
    return error
  }

  return {
    // Whoever has waited for a slot meets the circuit as it is then, not as it was.
    async run(work) {
      try {
        const answered = await slots.execute(() =>
          circuit.execute(() => limit.execute(({ signal }) => answerOf(work, signal))),
        )
        if ('refusal' in answered) throw answered.refusal
        return answered.value
      } catch (error) {
        throw explain(error)
      }
    },
    get state() {
      return stateOf(circuit.state)
    },
  }
}

type Answered<T> = Readonly<{ value: T } | { refusal: RollingDropError }>

/** Refusals as values, so that to the circuit they are what they are: signs of life. */
async function answerOf<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<Answered<T>> {
  try {
    return { value: await work(signal) }
  } catch (error) {
    if (error instanceof RollingDropError) return { refusal: error }
    // What a work says when it is ended is no news.
    throw signal.aborted ? new TaskCancelledError() : error
  }
}

function stateOf(state: CircuitState): Breaker['state'] {
  if (state === CircuitState.Closed) return 'closed'
  return state === CircuitState.HalfOpen ? 'half-open' : 'open'
}
