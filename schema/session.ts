import { schema, t, type SchemaType } from '@colyseus/schema'

/** A user's live view of their own things. Balances by asset, decimal strings in smallest units; `held` of them is reserved. */
export const SessionState = schema(
  {
    user: t.string(),
    name: t.string(),
    balances: t.map('string'),
    held: t.map('string'),
  },
  'SessionState',
)
export type SessionState = SchemaType<typeof SessionState>

/** One of the user's own results, newest last, under the message type `result`. */
export type OwnResult = Readonly<{
  seq: string
  type: string
  at_ms: number
  payload: Readonly<Record<string, unknown>>
}>
