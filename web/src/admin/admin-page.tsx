import { ownSections, roles } from '../state/admin.ts'
import { Acts } from './acts.tsx'
import { Analytics } from './analytics/analytics.tsx'
import { BoxEditor } from './box-editor.tsx'
import { BoxList } from './box-list.tsx'
import { Payments } from './payments.tsx'
import { User } from './user.tsx'
import { Users } from './users.tsx'

/** What the staff works with: one section each, those that its roles open. */
export function AdminPage({ section, id }: { section: string | null; id: string | null }) {
  const open = ownSections()
  const at = open.find(({ path }) => path === section) ?? open[0]
  if (at === undefined)
    return (
      <p class="empty" data-testid="admin-closed">
        {roles.value.length === 0 ? 'Loading…' : 'This is for the staff. Sign in with an account that belongs to it.'}
      </p>
    )
  return (
    <div class="page admin">
      <nav class="tabs" aria-label="Staff">
        {open.map(({ path, name }) => (
          <a key={path} href={`/staff/${path}`} aria-current={path === at.path ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <Section path={at.path} id={id} />
    </div>
  )
}

type Path = ReturnType<typeof ownSections>[number]['path']

function Section({ path, id }: { path: Path; id: string | null }) {
  switch (path) {
    case 'boxes':
      return id === null ? <BoxList /> : <BoxEditor key={id} id={id} />
    case 'users':
      return id === null ? <Users /> : <User key={id} id={id} />
    case 'payments':
      return <Payments />
    case 'analytics':
      return <Analytics />
    case 'audit':
      return <Acts />
    default:
      return path satisfies never
  }
}
