import { useEffect } from 'preact/hooks'
import { FeedItem } from '../feed/feed-item.tsx'
import { count } from '../format/words.ts'
import { followLive, liveLines, liveMissed, liveStatus, missedTo } from '../state/live.ts'
import { unseen } from '../state/mine.ts'
import { isUnseen } from '../state/opening.ts'
import { Icon } from '../shell/icon.tsx'
import { Filters } from './filters.tsx'

const statusWords = {
  connecting: 'Connecting…',
  live: 'Live: every event, in order',
  reconnecting: 'Reconnecting: nothing will be lost',
  closed: 'Offline',
} as const

/** Everything that happens, as it happens, narrowed to what one wants to see. */
export function LivePage() {
  useEffect(followLive, [])
  const shown = liveLines.value.filter(
    (line) => (line.type !== 'drop' || line.battle !== unseen.value) && !isUnseen(line),
  )
  return (
    <div class="page live">
      <header class="section-head">
        <h1>Live feed</h1>
        <span class="live-status" role="status" data-testid="live-status" data-status={liveStatus.value}>
          <i class={`pulse ${liveStatus.value}`} aria-hidden="true" /> {statusWords[liveStatus.value]}
        </span>
      </header>
      <Filters />
      {liveMissed.value > 0 && (
        <button class="missed" type="button" data-testid="live-missed" onClick={() => (liveMissed.value = 0)}>
          <Icon name="check" /> Caught up: you missed {count(liveMissed.value, 'event')}, they are marked below
        </button>
      )}
      {shown.length === 0 ? (
        <p class="empty">
          {liveStatus.value === 'live' ? 'Nothing like this yet. The next one shows up here.' : 'Connecting…'}
        </p>
      ) : (
        <ol class="live-lines">
          {shown.map((line) => (
            <FeedItem key={line.seq} line={line} missed={isMissed(line.seq)} />
          ))}
        </ol>
      )}
    </div>
  )
}

/** Whether a line came with the last recovery, as long as the person has not said that they saw it. */
function isMissed(seq: string): boolean {
  if (liveMissed.value === 0 || missedTo.value === null) return false
  const at = liveLines.value.findIndex((line) => line.seq === missedTo.value)
  const place = liveLines.value.findIndex((line) => line.seq === seq)
  return place >= at && place < at + liveMissed.value
}
