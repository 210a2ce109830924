import { createHash } from 'node:crypto'
import type { Context } from 'hono'

/** Answers of one shape; a change of the shape changes this, and with it every tag. */
const SHAPE = 'boxes/1'

/** A strong ETag (RFC 9110) of whatever these parts make up. */
export function etagOf(...parts: readonly string[]): string {
  return `"${createHash('sha256')
    .update([SHAPE, ...parts].join('\n'))
    .digest('base64url')
    .slice(0, 27)}"`
}

/**
 * Puts the tag and how long the answer may be kept into the headers. True when the caller has just this already: then 304 is the whole
 * answer.
 */
export function isKnown(c: Context, etag: string, cacheControl: string): boolean {
  c.header('etag', etag)
  c.header('cache-control', cacheControl)
  const known = c.req.header('if-none-match') ?? ''
  return known.trim() === '*' || known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
