import type { Route } from '../state/route.ts'
import type { IconName } from './icon.tsx'

/** The pages one can go to from anywhere. */
export const pages: readonly Readonly<{ path: string; page: Route['page']; name: string; icon: IconName }>[] = [
  { path: '/', page: 'lobby', name: 'Battles', icon: 'swords' },
  { path: '/open', page: 'open', name: 'Open', icon: 'gift' },
  { path: '/market', page: 'market', name: 'Market', icon: 'coins' },
  { path: '/items', page: 'items', name: 'Items', icon: 'bag' },
  { path: '/live', page: 'live', name: 'Live', icon: 'pulse' },
  { path: '/leaders', page: 'leaders', name: 'Leaders', icon: 'crown' },
  { path: '/verify', page: 'verify', name: 'Verify', icon: 'shield' },
  { path: '/rules', page: 'rules', name: 'Rules', icon: 'book' },
]

/** Pages that one comes to from another one. */
const within: Partial<Record<Route['page'], Route['page']>> = {
  battle: 'lobby',
  'own-offers': 'market',
  trades: 'items',
  wallet: 'items',
  history: 'items',
}

export function isAt(page: Route['page'], route: Route): boolean {
  return page === route.page || page === within[route.page]
}
