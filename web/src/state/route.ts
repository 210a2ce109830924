import { signal } from '@preact/signals'

export type Route =
  | Readonly<{ page: 'lobby' }>
  | Readonly<{ page: 'battle'; id: string }>
  | Readonly<{ page: 'items' }>
  | Readonly<{ page: 'history' }>
  | Readonly<{ page: 'verify'; id: string | null }>
  | Readonly<{ page: 'rules' }>
  | Readonly<{ page: 'leaders' }>
  | Readonly<{ page: 'live' }>
  | Readonly<{ page: 'account'; step: AccountStep }>
  | Readonly<{ page: 'open'; box: string | null }>
  | Readonly<{ page: 'market'; asset: string | null }>
  | Readonly<{ page: 'own-offers' }>
  | Readonly<{ page: 'trades' }>
  | Readonly<{ page: 'wallet' }>
  | Readonly<{ page: 'showcase'; user: string }>
  | Readonly<{ page: 'admin'; section: string | null; id: string | null }>
  | Readonly<{ page: 'nowhere' }>

/** What one came to the account for; what stands after # in the address is the link's. */
export type AccountStep = 'own' | 'confirm' | 'reset' | 'forgot' | 'signed-in'

const steps: ReadonlySet<string> = new Set<AccountStep>(['confirm', 'reset', 'forgot', 'signed-in'])

/** The page an address stands for. */
export function routeOf(url: URL): Route {
  const [first = '', second, ...rest] = url.pathname.split('/').filter((part) => part !== '')
  if (first === 'staff' && rest.length < 2) return { page: 'admin', section: second ?? null, id: rest[0] ?? null }
  if (rest.length > 0) return { page: 'nowhere' }
  if (first === 'market' && second === 'mine') return { page: 'own-offers' }
  if (first === 'market') return { page: 'market', asset: second === undefined ? null : decodeURIComponent(second) }
  if (first === 'u' && second !== undefined) return { page: 'showcase', user: second }
  if (first === 'open') return { page: 'open', box: second ?? null }
  if (first === 'account' && (second === undefined || steps.has(second)))
    return { page: 'account', step: (second ?? 'own') as AccountStep }
  if (first === 'b' && second !== undefined) return { page: 'battle', id: second }
  if (second !== undefined) return { page: 'nowhere' }
  switch (first) {
    case '':
      return { page: 'lobby' }
    case 'verify':
      return { page: 'verify', id: url.searchParams.get('battle') ?? url.searchParams.get('opening') }
    case 'trading':
      return { page: 'trades' }
    case 'items':
    case 'history':
    case 'rules':
    case 'leaders':
    case 'live':
    case 'wallet':
      return { page: first }
    default:
      return { page: 'nowhere' }
  }
}

export const route = signal<Route>(routeOf(new URL(location.href)))

/** Goes to a page of ours without loading anything anew. */
export function go(path: string): void {
  history.pushState(null, '', path)
  route.value = routeOf(new URL(location.href))
  scrollTo(0, 0)
  // Where the keyboard and a screen reader go on from.
  document.getElementById('main')?.focus({ preventScroll: true })
}

addEventListener('popstate', () => (route.value = routeOf(new URL(location.href))))

// One listener for all links: a plain click on one of our pages stays in the program, all others are the browser's.
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
    return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return
  if (link.hash !== '' || routeOf(new URL(link.href)).page === 'nowhere') return
  event.preventDefault()
  if (link.href !== location.href) go(link.pathname + link.search)
})
