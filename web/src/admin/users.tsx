import { useEffect, useState } from 'preact/hooks'
import type { UserSummary } from '../../../schema/staff.ts'
import { dayTime } from '../format/time.ts'
import { findUsers, foundUsers, hasMoreUsers, wantedUsers } from '../state/admin-users.ts'

/** People of the tenant, by what is known of them. */
export function Users() {
  const [query, setQuery] = useState(wantedUsers.value)
  useEffect(() => void findUsers(wantedUsers.value), [])
  const users = foundUsers.value
  return (
    <>
      <header class="section-head">
        <h1>Users</h1>
        <form
          class="admin-new"
          role="search"
          onSubmit={(event) => {
            event.preventDefault()
            void findUsers(query.trim())
          }}
        >
          <input
            type="search"
            value={query}
            placeholder="Id, mail address or name"
            aria-label="Id, mail address, or how a name begins"
            data-testid="find-users"
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
          <button class="button primary" type="submit">
            Find
          </button>
        </form>
      </header>
      {users === null ? (
        <p class="empty">Loading…</p>
      ) : users.length === 0 ? (
        <p class="empty">Nobody of that id, address or name.</p>
      ) : (
        <Table users={users} />
      )}
      {hasMoreUsers() && (
        <button class="button" type="button" onClick={() => void findUsers(wantedUsers.value, true)}>
          Show more
        </button>
      )}
    </>
  )
}

function Table({ users }: { users: readonly UserSummary[] }) {
  return (
    <div class="table-wrap">
      <table class="table" data-testid="admin-users">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Roles</th>
            <th scope="col">Standing</th>
            <th scope="col" class="wide">
              Since
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.id} data-testid={`admin-user-${user.id}`}>
              <td>
                <a class="admin-box-name" href={`/staff/users/${user.id}`}>
                  <b>{user.name}</b>
                  <small>{user.email ?? (user.guest ? 'guest' : 'no address')}</small>
                </a>
              </td>
              <td>{user.roles.filter((role) => role !== 'player').join(', ') || 'player'}</td>
              <td>
                <UserStanding user={user} />
              </td>
              <td class="wide">{dayTime(user.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** How somebody stands with the staff. */
export function UserStanding({ user }: { user: Pick<UserSummary, 'frozen' | 'erased'> }) {
  if (user.erased) return <span class="standing">erased</span>
  if (user.frozen) return <span class="standing retired">frozen</span>
  return <span class="standing offered">good</span>
}
