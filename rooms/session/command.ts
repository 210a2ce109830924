import type { Principal } from '../../access/access.ts'
import type { Limits } from '../../limits/limits.ts'
import type { Openings } from '../../openings/openings.ts'
import { RollingDropError } from '../../schema/errors.ts'
import type { OwnLimit, OwnLimits } from '../../schema/limits.ts'
import { sessionMessages, type SessionMessages } from '../../schema/session.ts'

/** A message that zod has read, by its type. */
export type Said = {
  [type in keyof SessionMessages]: Readonly<{ type: type; message: SessionMessages[type] }>
}[keyof SessionMessages]

/** Reads a message of a client. Throws `request/invalid` with what is wrong (`session/ack` for an acknowledgement); undefined when there is no such type. */
export function readMessage(type: string, payload: unknown): Said | undefined {
  if (!Object.hasOwn(sessionMessages, type)) return undefined
  const known = type as keyof SessionMessages
  const read = sessionMessages[known].safeParse(payload)
  if (read.success) return { type: known, message: read.data } as Said
  const problems = read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new RollingDropError(known === 'ack' ? 'session/ack' : 'request/invalid', { type: known, problems })
}

/** Those of what is said that move things; the others are between a device and its log. */
export type Asked = Exclude<Said, { type: 'ack' | 'page' }>

/** Does what is asked, once for its id. Resolves with the answer when it is committed. */
export function perform(
  { openings, limits }: Readonly<{ openings: Openings; limits: Limits }>,
  principal: Principal,
  { type, message }: Asked,
) {
  const { command: _number, ...rest } = message
  switch (type) {
    case 'open': {
      const { id, ...wanted } = rest as Omit<SessionMessages['open'], 'command'>
      return openings.open(principal, id, wanted)
    }
    case 'sell': {
      const { id, ...wanted } = rest as Omit<SessionMessages['sell'], 'command'>
      return openings.sell(principal, id, wanted)
    }
    case 'limit': {
      const { id, ...wanted } = rest as Omit<SessionMessages['limit'], 'command'>
      return limits.set(principal, id, { kind: 'loss', ...wanted }).then(lossLimits)
    }
    case 'begin':
      return openings.begin(principal, rest as Omit<SessionMessages['begin'], 'command'>)
    default:
      return type satisfies never
  }
}

/** Devices are told of what they can spend; everything else is asked for over HTTP. */
export function lossLimits({ limits }: OwnLimits): readonly OwnLimit[] {
  return limits.filter(({ kind }) => kind === 'loss')
}
