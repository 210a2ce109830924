import { RollingDropError } from '../schema/errors.ts'

/** The token of a header `Authorization: Bearer …`; undefined without the header. Throws `auth/token-invalid`. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const token = /^Bearer +(\S+)$/i.exec(header)?.[1]
  if (token === undefined) throw new RollingDropError('auth/token-invalid')
  return token
}
