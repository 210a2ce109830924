import type { Route } from '../state/route.ts'

const places = [
  { path: '/items', page: 'items', name: 'Items' },
  { path: '/trading', page: 'trades', name: 'Trades' },
  { path: '/wallet', page: 'wallet', name: 'Wallet' },
  { path: '/history', page: 'history', name: 'History' },
] as const satisfies readonly { path: string; page: Route['page']; name: string }[]

/** The ways between what is one's own. */
export function OwnNav({ at }: { at: (typeof places)[number]['page'] }) {
  return (
    <nav class="tabs own-nav" aria-label="What is yours">
      {places.map(({ path, page, name }) => (
        <a key={path} href={path} aria-current={page === at ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  )
}
