import type { z } from 'zod'

/** A message as it was told, which must be what we publish that we tell: with those fields and no others. */
export function readPublished(
  published: Readonly<Record<string, z.ZodType>>,
  told: unknown,
): Readonly<{ type: string }> {
  const { type } = told as { type: string }
  const shape = published[type]
  if (!shape) throw new Error(`nobody is told ${type}`)
  return shape.parse(told) as { type: string }
}
