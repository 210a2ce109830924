import { hash } from 'node:crypto'

/** A user as strangers see one: always the same label for the same user, and the same one for thousands of them. */
export function maskedUser(user: string): string {
  return `${hash('sha256', user, 'hex').slice(0, 3)}•••`
}
