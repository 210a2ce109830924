import { avatarArt } from '../art/avatar.ts'
import { ownSections } from '../state/admin.ts'
import { route } from '../state/route.ts'
import { user } from '../state/session.ts'
import { Balance } from './balance.tsx'
import { Connection } from './connection.tsx'
import { Logo } from './logo.tsx'
import { Mute } from './mute.tsx'
import { isAt, pages } from './pages.ts'

export function Header() {
  const me = user.value
  return (
    <header class="header">
      <a class="brand" href="/" aria-label="RollingDrop, to the lobby">
        <Logo />
        <span class="brand-name">
          Rolling<b>Drop</b>
        </span>
      </a>
      <nav class="nav" aria-label="Pages">
        {pages.map(({ path, page, name }) => (
          <a key={path} href={path} aria-current={isAt(page, route.value) ? 'page' : undefined}>
            {name}
          </a>
        ))}
        {ownSections().length > 0 && (
          <a href="/staff" data-testid="to-admin" aria-current={route.value.page === 'admin' ? 'page' : undefined}>
            Staff
          </a>
        )}
      </nav>
      <Connection />
      <Mute />
      <Balance />
      <a class="me" href="/account" title={me?.guest ? 'You play as a guest of this browser' : 'Your account'}>
        {me ? <img class="avatar" src={avatarArt(me.id)} alt="" /> : <span class="avatar" />}
        <span class="me-name" data-testid="user-name">
          {me?.name ?? '…'}
        </span>
      </a>
    </header>
  )
}
