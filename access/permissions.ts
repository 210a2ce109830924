import { MAIN_TENANT, type TenantId } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'

export const roles = ['player', 'support', 'admin', 'partner-admin'] as const
export type Role = (typeof roles)[number]

/**
 * What somebody may do beyond playing, and by which roles. This is the only place that knows: routes name a permission. Each
 * holds within the principal's own tenant; `partner-admin` runs the tenant of a partner, the others ours.
 */
const permissions = {
  /** Sees other people's accounts, money and things. */
  'users.read': ['support', 'admin'],
  /** Ends sessions, freezes and frees, exports. */
  'users.act': ['support', 'admin'],
  'users.erase': ['admin'],
  'roles.grant': ['admin'],
  'payments.read': ['support', 'admin'],
  /** Lets withdrawals and redemptions go or not. */
  'payments.review': ['support', 'admin'],
  'payments.refund': ['admin'],
  /** Says what may be sold to whom for real money. */
  'rules.write': ['admin'],
  /** Drafts, publishes, schedules and retires boxes. */
  'boxes.write': ['admin', 'partner-admin'],
  'market.moderate': ['support', 'admin'],
  'partners.manage': ['admin'],
  /** Looks after one's own partner: keys, domains, webhooks, statements. */
  'partner.self': ['partner-admin'],
  'analytics.read': ['support', 'admin', 'partner-admin'],
  'fraud.read': ['support', 'admin'],
  'audit.read': ['admin'],
} as const satisfies Readonly<Record<string, readonly Role[]>>

export type Permission = keyof typeof permissions

/** What only our own staff may: whoever is admin of another tenant is so there alone. */
const OURS: ReadonlySet<Permission> = new Set(['partners.manage'])

type Holder = Readonly<{ tenant: TenantId; roles: readonly Role[] }>

/** Whether one of the holder's roles carries the permission, in the holder's tenant. */
export function may({ tenant, roles }: Holder, permission: Permission): boolean {
  if (OURS.has(permission) && tenant !== MAIN_TENANT) return false
  const carriers: readonly Role[] = permissions[permission]
  return roles.some((role) => carriers.includes(role))
}

/** Throws `auth/forbidden` unless one of the holder's roles carries the permission. */
export function demandPermission(holder: Holder, permission: Permission): void {
  if (!may(holder, permission)) throw new RollingDropError('auth/forbidden', { permission })
}
