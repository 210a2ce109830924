import { useEffect } from 'preact/hooks'
import type { UserRecord } from '../../../schema/staff.ts'
import { deviceName } from '../format/device.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { sdk } from '../sdk.ts'
import { roles as own } from '../state/admin.ts'
import { shownUser, showUser, toUser } from '../state/admin-users.ts'
import { ActTable } from './acts.tsx'
import { UserStanding } from './users.tsx'

/** The roles that are given and taken here; those of partners are given with their world. */
const STAFF_ROLES = ['support', 'admin'] as const

/** Somebody as the staff sees them, and what it may do. */
export function User({ id }: { id: string }) {
  useEffect(() => void showUser(id), [id])
  const record = shownUser.value
  if (record?.user.id !== id) return <p class="empty">Loading…</p>
  const { user, secondFactor } = record
  return (
    <div class="admin-user" data-testid="admin-user">
      <header class="section-head admin-head">
        <div>
          <a href="/staff/users">All users</a>
          <h1>{user.name}</h1>
          <p class="lead">
            <UserStanding user={user} />
            <span>{user.email ?? (user.guest ? 'a guest' : 'no mail address')}</span>
            <span>since {dayTime(user.createdAt)}</span>
            <span>{secondFactor ? 'second factor in force' : 'no second factor'}</span>
            <code>{user.id}</code>
          </p>
        </div>
      </header>
      {!user.erased && <Doings record={record} />}
      <Money record={record} />
      <Sessions record={record} />
      <section>
        <h2>What the staff did</h2>
        <ActTable acts={record.acts} />
      </section>
    </div>
  )
}

function Doings({ record: { user } }: { record: UserRecord }) {
  const isAdmin = own.value.includes('admin')
  const { users } = sdk.admin
  const act = (work: () => Promise<unknown>, done: string) => () => void toUser(user.id, work, done)
  const change = (role: (typeof STAFF_ROLES)[number]) =>
    user.roles.includes(role)
      ? act(() => users.changeRoles(user.id, { remove: [role] }), `No longer ${role}.`)
      : act(() => users.changeRoles(user.id, { add: [role] }), `Now ${role}; they sign in again.`)
  const erase = () => {
    if (confirm(`Erase who ${user.name} is, for good? The ledger keeps the id.`))
      act(() => users.erase(user.id), 'Erased.')()
  }
  return (
    <div class="admin-actions">
      {user.frozen ? (
        <button
          class="button"
          type="button"
          data-testid="unfreeze"
          onClick={act(() => users.unfreeze(user.id), 'Free.')}
        >
          Unfreeze
        </button>
      ) : (
        <button class="button" type="button" data-testid="freeze" onClick={act(() => users.freeze(user.id), 'Frozen.')}>
          Freeze their money
        </button>
      )}
      <button class="button" type="button" onClick={act(() => users.endSessions(user.id), 'Signed out everywhere.')}>
        End their sessions
      </button>
      {isAdmin &&
        !user.guest &&
        STAFF_ROLES.map((role) => (
          <button key={role} class="button" type="button" data-testid={`role-${role}`} onClick={change(role)}>
            {user.roles.includes(role) ? `Take “${role}”` : `Make ${role}`}
          </button>
        ))}
      {isAdmin && (
        <button class="button danger" type="button" data-testid="erase" onClick={erase}>
          Erase…
        </button>
      )}
    </div>
  )
}

function Money({ record: { balances, debts } }: { record: UserRecord }) {
  return (
    <section>
      <h2>Money and things</h2>
      {balances.length === 0 && <p class="empty">Nothing.</p>}
      <ul class="admin-facts">
        {balances.map(({ asset, balance, held, frozen }) => (
          <li key={asset}>
            <code>{asset}</code> <b>{amountOf(asset, balance)}</b>
            {held !== '0' && <small> of which {amountOf(asset, held)} reserved</small>}
            {frozen && <small> frozen</small>}
          </li>
        ))}
        {debts.map(({ asset, owed }) => (
          <li key={`owed ${asset}`}>
            <code>{asset}</code> <b class="down">owes {amountOf(asset, owed)}</b>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Sessions({ record: { sessions } }: { record: UserRecord }) {
  return (
    <section>
      <h2>Sessions</h2>
      {sessions.length === 0 && <p class="empty">None.</p>}
      <ul class="admin-facts">
        {sessions.map(({ id, device, createdAt }) => (
          <li key={id}>
            {deviceName(device)} <small>since {dayTime(createdAt)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Money as money, things by their count. */
function amountOf(asset: string, amount: string): string {
  return asset.includes('item:') ? amount : money(BigInt(amount), asset)
}
