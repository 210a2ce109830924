import { pino, type DestinationStream, type Logger } from 'pino'
import { impersonal } from '../access/plain-words.ts'
import { currentTrace } from '../access/trace.ts'

/** Fields that are never written, whatever they hold. */
const SECRET_FIELDS = ['authorization', 'cookie', 'password', 'email', 'token', 'refreshToken', 'secret']

/**
 * JSON lines on stderr. Each says for which request it was written, if it was for one. Of an error its type, code, message
 * and stack, not what a library hung on it; and nothing that tells who somebody is.
 */
export function openLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      serializers: { err: told, error: told },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '…' },
      mixin: ofRequest,
      hooks: { streamWrite: impersonal },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  )
}

function told(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = Reflect.get(error, 'code') as unknown
  return { name, code, message, stack, ...(cause !== undefined && { cause: told(cause) }) }
}

function ofRequest(): object {
  const { requestId, traceId } = currentTrace() ?? {}
  return { requestId, traceId }
}
