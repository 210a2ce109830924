import type { Route } from '../state/route.ts'
import type { IconName } from './icon.tsx'

/** The pages one can go to from anywhere. */
export const pages: readonly Readonly<{ path: string; page: Route['page']; name: string; icon: IconName }>[] = [
  { path: '/', page: 'lobby', name: 'Battles', icon: 'swords' },
  { path: '/open', page: 'open', name: 'Open', icon: 'gift' },
  { path: '/items', page: 'items', name: 'Items', icon: 'bag' },
  { path: '/history', page: 'history', name: 'History', icon: 'clock' },
  { path: '/live', page: 'live', name: 'Live', icon: 'pulse' },
  { path: '/leaders', page: 'leaders', name: 'Leaders', icon: 'crown' },
  { path: '/verify', page: 'verify', name: 'Verify', icon: 'shield' },
  { path: '/rules', page: 'rules', name: 'Rules', icon: 'book' },
]

export function isAt(page: Route['page'], route: Route): boolean {
  return page === route.page || (page === 'lobby' && route.page === 'battle')
}
