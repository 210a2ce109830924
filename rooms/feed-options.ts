import { RollingDropError, type ErrorCode } from '../schema/errors.ts'
import { feedOptions, type FeedOptions } from '../schema/feed.ts'
import { parsePosition, type Position } from '../schema/position.ts'
import type { z } from 'zod'

const codes: Readonly<Record<string, ErrorCode>> = { since: 'feed/position', filter: 'feed/filter' }

/** What a message or request that does not have its shape is refused with: what the feed is asked for has codes of its own. */
export function refusalOf({ issues }: z.ZodError): RollingDropError {
  const named = issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  return new RollingDropError(codes[String(issues[0]?.path[0])] ?? 'request/invalid', { issues: named })
}

/** Throws `feed/position`, `feed/filter` or `request/invalid`. */
export function readFeedOptions(said: unknown): FeedOptions {
  const read = feedOptions.safeParse(said)
  if (!read.success) throw refusalOf(read.error)
  readPosition(read.data.since)
  return read.data
}

/** Throws `feed/position`. */
export function readPosition(since: string | undefined): Position | undefined {
  const position = since === undefined ? undefined : parsePosition(since)
  if (since !== undefined && !position) throw new RollingDropError('feed/position')
  return position
}
