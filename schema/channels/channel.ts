import type { z } from 'zod'

/** One kind of message: its shape, and one that has it. */
export type ChannelMessage = Readonly<{ summary: string; schema: z.ZodType; example: unknown }>

/** A way in over which messages go on coming: what is said to us and what we tell, each by its type. */
export type Channel = Readonly<{
  id: string
  /** Path, and the names in it. */
  address: string
  protocol: 'wss' | 'https'
  title: string
  description: string
  /** How messages are written; where there are several, a subprotocol says which. */
  contentTypes: readonly string[]
  parameters?: Readonly<Record<string, string>>
  query?: z.ZodType
  said: Readonly<Record<string, ChannelMessage>>
  told: Readonly<Record<string, ChannelMessage>>
}>

export const JSON_TYPE = 'application/json'
export const MSGPACK_TYPE = 'application/msgpack'
