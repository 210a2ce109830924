import { RollingDropError } from '../../schema/errors.ts'
import { emailKey } from './person.ts'

export const PASSWORD_MIN = 10
const DIFFERENT_MIN = 5

/** What those who guess try first, in pieces: whatever is made of these alone is guessed within a day. */
const PIECES =
  /password|passwort|qwertz?|asdf|letmein|welcome|iloveyou|dragon|monkey|football|admin|abc|rollingdrop|\d/g

/** Throws `auth/password` for one that is too short or easy to guess (NIST SP 800-63B: length and a look at the usual ones). */
export function demandStrong(password: string, email: string): void {
  const folded = password.normalize('NFKC').toLowerCase()
  const [local] = emailKey(email).split('@') as [string]
  const isWeak =
    folded.length < PASSWORD_MIN ||
    new Set(folded).size < DIFFERENT_MIN ||
    folded.replaceAll(PIECES, '').length < 4 ||
    (local.length >= 4 && folded.replace(local, '').length < 6)
  if (isWeak) throw new RollingDropError('auth/password', { length_min: PASSWORD_MIN })
}
