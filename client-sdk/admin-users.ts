import type { ActPage, ActQuery, RoleChange, UserPage, UserRecord } from '../schema/staff.ts'
import type { Caller } from './caller.ts'

/** People of one's tenant, for its staff; that somebody was looked at is recorded, too. Rejects with `user/unknown`. */
export interface AdminUsers {
  /** By id, by mail address or by how a name begins; the newest for an empty query. */
  find(query: string, page?: { cursor?: string; limit?: number }): Promise<UserPage>
  read(id: string): Promise<UserRecord>
  /** Ends their sessions, too. Rejects with `auth/role` for what cannot be given or taken. */
  changeRoles(id: string, change: Partial<RoleChange>): Promise<readonly string[]>
  endSessions(id: string): Promise<void>
  freeze(id: string): Promise<void>
  unfreeze(id: string): Promise<void>
  /** For good. Rejects with `user/unsettled`, whose `details.open` names what is in the way. */
  erase(id: string): Promise<void>
  /** What the staff did, newest first. */
  acts(query?: ActQuery): Promise<ActPage>
}

export function adminUsersOver(caller: Caller): AdminUsers {
  const base = '/admin/users'
  const act = <T = void>(id: string, what: string, body?: unknown): Promise<T> =>
    caller.call({ method: 'POST', path: `${base}/${encodeURIComponent(id)}/${what}`, body })
  return {
    find: (query, page) => caller.get<UserPage>(base, { query, ...page }),
    read: (id) => caller.get<UserRecord>(`${base}/${encodeURIComponent(id)}`),
    changeRoles: async (id, change) => (await act<{ roles: string[] }>(id, 'roles', change)).roles,
    endSessions: (id) => act(id, 'sessions/end'),
    freeze: (id) => act(id, 'freeze'),
    unfreeze: (id) => act(id, 'unfreeze'),
    erase: (id) => act(id, 'erase'),
    acts: (query) => caller.get<ActPage>('/admin/audit', query),
  }
}
