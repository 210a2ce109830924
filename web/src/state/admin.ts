import { signal } from '@preact/signals'

/** What the signed-in user may be beside a player; empty until the server has answered. */
export const roles = signal<readonly string[]>([])

/** A section of the staff's page, and the roles that open it; the server decides anew at every call. */
export type AdminSection = Readonly<{ path: string; name: string; roles: readonly string[] }>

export const adminSections = [
  { path: 'boxes', name: 'Boxes', roles: ['admin', 'partner-admin'] },
  { path: 'users', name: 'Users', roles: ['support', 'admin'] },
  { path: 'payments', name: 'Payments', roles: ['support', 'admin'] },
  { path: 'analytics', name: 'Analytics', roles: ['support', 'admin', 'partner-admin'] },
  { path: 'audit', name: 'Audit', roles: ['admin'] },
] as const satisfies readonly AdminSection[]

/** The sections that are open to the user. */
export function ownSections(): readonly (typeof adminSections)[number][] {
  return adminSections.filter((section) => section.roles.some((role) => roles.value.includes(role)))
}
