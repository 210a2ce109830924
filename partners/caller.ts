import type { Principal } from '../access/access.ts'
import type { Partner } from '../access/partner.ts'
import type { User } from '../access/user.ts'

/** A partner's user as the one who commands, where the partner commands for them: there is no session, and it never expires. */
export function callerOf({ key }: Pick<Partner, 'key'>, { id, tenant, name, guest, roles }: User): Principal {
  return { user: id, tenant, name, guest, roles, session: `partner-key ${key}`, expires_ms: Infinity }
}
