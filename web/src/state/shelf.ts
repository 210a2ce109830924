import type { FeedEvent } from '../../../schema/feed.ts'
import { loadContentsAnew, startCatalog } from './catalog.ts'
import { onFeed } from './feed.ts'
import { toastError } from './toast.ts'

/** How long after the news the boxes are asked for: by then every node has heard of it. */
const HEARD_MS = 500

const changes: ReadonlySet<string> = new Set(['box.published', 'box.retired'])

/** Keeps what is on show with what is on offer, as the staff puts boxes on the shelf and takes them off it. */
export function startShelf(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined
  const changed = new Set<string>()
  const look = () => {
    waiting = undefined
    const published = [...changed]
    changed.clear()
    Promise.all([startCatalog(), ...published.map(loadContentsAnew)]).catch(toastError)
  }
  onFeed(({ events }) => {
    const told = events.filter(({ type }) => changes.has(type))
    if (told.length === 0) return
    for (const box of told.flatMap(publishedBox)) changed.add(box)
    waiting ??= setTimeout(look, HEARD_MS)
  })
}

/** A box of which there is another version; what is off the shelf need not be asked for. */
function publishedBox({ type, payload }: FeedEvent): string[] {
  const { box } = payload
  return type === 'box.published' && typeof box === 'string' ? [box] : []
}
