import { feedOpen } from '../state/feed.ts'
import { route } from '../state/route.ts'
import { Icon } from './icon.tsx'
import { isAt, pages } from './pages.ts'

/** The leaders are one link away in the lobby, the whole feed in its drawer: the rules at the foot of what they are about: a thumb finds six ways, not nine. */
const onPhones = pages.filter(({ page }) => page !== 'leaders' && page !== 'live' && page !== 'rules')

/** The way around on a phone, at the thumb. */
export function TabBar() {
  return (
    <nav class="tab-bar" aria-label="Pages, short">
      {onPhones.map(({ path, page, name, icon }) => (
        <a
          key={path}
          href={path}
          aria-current={!feedOpen.value && isAt(page, route.value) ? 'page' : undefined}
          onClick={() => (feedOpen.value = false)}
        >
          <Icon name={icon} />
          {name}
        </a>
      ))}
      <button
        type="button"
        aria-expanded={feedOpen.value}
        aria-controls="feed"
        onClick={() => (feedOpen.value = !feedOpen.value)}
      >
        <Icon name="pulse" />
        Feed
      </button>
    </nav>
  )
}
