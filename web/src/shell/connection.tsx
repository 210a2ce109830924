import { computed } from '@preact/signals'
import type { LinkStatus } from '../../../client-sdk/api.ts'
import { feedStatus } from '../state/feed.ts'
import { sessionStatus } from '../state/session.ts'

const worstFirst: readonly LinkStatus[] = ['closed', 'reconnecting', 'connecting', 'live']
const words: Record<LinkStatus, string> = {
  live: 'Live',
  connecting: 'Connecting',
  reconnecting: 'Reconnecting',
  closed: 'Offline',
}

/** How the page is connected: as well as the worse of its two standing connections. */
export const connection = computed(() =>
  worstFirst.find((each) => each === feedStatus.value || each === sessionStatus.value)!,
)

export function Connection() {
  return (
    <span
      class={`connection ${connection.value}`}
      data-testid="connection"
      data-status={connection.value}
      role="status"
    >
      <i />
      <span>{words[connection.value]}</span>
    </span>
  )
}
