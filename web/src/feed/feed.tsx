import { useEffect } from 'preact/hooks'
import { count } from '../format/words.ts'
import { feedOpen, feedStatus, lines, missed } from '../state/feed.ts'
import { unseen } from '../state/mine.ts'
import { isUnseen } from '../state/opening.ts'
import { Icon } from '../shell/icon.tsx'
import { FeedItem } from './feed-item.tsx'

/** What happens everywhere, as it happens: beside the page on a desktop, in a drawer on a phone. */
export function Feed() {
  useEffect(() => {
    const close = (event: KeyboardEvent) => event.key === 'Escape' && (feedOpen.value = false)
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [])
  const shown = lines.value.filter((line) => (line.type !== 'drop' || line.battle !== unseen.value) && !isUnseen(line))
  return (
    <aside id="feed" class={`feed ${feedOpen.value ? 'open' : ''}`} aria-label="Live feed">
      <header class="feed-head">
        <i class={`pulse ${feedStatus.value}`} aria-hidden="true" />
        <h2>
          <a href="/live" onClick={() => (feedOpen.value = false)}>
            Live feed
          </a>
        </h2>
        <button
          class="quiet-icon feed-close"
          type="button"
          aria-label="Close the feed"
          onClick={() => (feedOpen.value = false)}
        >
          <Icon name="close" />
        </button>
      </header>
      {missed.value > 0 && (
        <button class="missed" type="button" data-testid="feed-missed" onClick={() => (missed.value = 0)}>
          <Icon name="check" /> Caught up: you missed {count(missed.value, 'event')}
        </button>
      )}
      {shown.length === 0 ? (
        <p class="empty">Quiet so far. The next drop shows up here.</p>
      ) : (
        <ol class="feed-lines">
          {shown.map((line) => (
            <FeedItem key={line.seq} line={line} />
          ))}
        </ol>
      )}
    </aside>
  )
}
