import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/**
 * Which request something is done for: the caller's own id of it or one of ours, and its place in a trace that may have begun
 * elsewhere and goes on in what we call (W3C Trace Context).
 */
export type Trace = Readonly<{
  requestId: string
  /** 32 hex digits. */
  traceId: string
  /** 16 hex digits: this request's part of the trace. */
  spanId: string
  /** Two hex digits, as they came. */
  flags: string
}>

/** No `@`: nobody's mail address gets into a log by this door. */
const REQUEST_ID = /^[A-Za-z0-9._:-]{8,64}$/
/** Versions to come may have more fields after these four. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/
const NOT_SAMPLED = '00'

const current = new AsyncLocalStorage<Trace>()

/** What a request says of itself, as far as it is well formed; the rest is made. */
export function beginTrace(
  said: Readonly<{ requestId?: string | undefined; traceparent?: string | undefined }>,
): Trace {
  const { requestId = '', traceparent = '' } = said
  const [, version, traceId, flags, rest] = TRACEPARENT.exec(traceparent) ?? []
  const isGood = traceId !== undefined && !(version === '00' && rest !== undefined)
  return {
    requestId: REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceId: isGood ? traceId : randomUUID().replaceAll('-', ''),
    spanId: freshSpan(),
    flags: isGood ? flags! : NOT_SAMPLED,
  }
}

/** Does the work, and all that follows from it, for this request. */
export function within<T>(trace: Trace, work: () => T): T {
  return current.run(trace, work)
}

/** The request that is being answered; undefined in what happens by itself. */
export function currentTrace(): Trace | undefined {
  return current.getStore()
}

/** This request's place in its trace, as the header `traceparent` says it. */
export function traceparentOf({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`
}

/** The header `traceparent` of a call that is made for the current request: the trace goes on with a part of its own. */
export function traceHeaders(): Readonly<Record<string, string>> {
  const trace = currentTrace()
  return trace === undefined ? {} : { traceparent: traceparentOf(Object.assign({}, trace, { spanId: freshSpan() })) }
}

/** The digits of a UUID that are all random. */
function freshSpan(): string {
  const uuid = randomUUID()
  return uuid.slice(24) + uuid.slice(0, 4)
}
