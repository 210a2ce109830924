import { copyText } from '../format/clipboard.ts'
import { credits } from '../format/credits.ts'
import { count, shortId } from '../format/words.ts'
import { versus } from '../mode/sides.ts'
import { RoundsStrip } from '../box/rounds-strip.tsx'
import type { OpenBattle } from '../state/battle.ts'
import { totalOf, type BattleView } from '../state/battle-view.ts'
import { toast } from '../state/toast.ts'
import { Icon } from '../shell/icon.tsx'

export function BattleHead({ battle, view }: { battle: OpenBattle; view: BattleView }) {
  const landed = battle.reveal.landed.value
  const opened = view.seats.reduce((sum, _seat, seat) => sum + totalOf(view, seat, landed), 0n)
  return (
    <header class="battle-head">
      <div class="battle-title">
        <a class="back" href="/">
          <Icon name="chevron" /> Battles
        </a>
        <h1>
          {versus(view.seats.length, view.teamSize)} <small>{count(view.rounds.length, 'round')}</small>
        </h1>
        <RoundsStrip rounds={view.rounds} most={5} />
        <span class="battle-id">
          #{shortId(view.id)}
          {view.unlisted && (
            <>
              <Icon name="lock" /> Unlisted
            </>
          )}
        </span>
      </div>
      <dl class="battle-facts">
        <div>
          <dt>Seat</dt>
          <dd>{credits(view.price)}</dd>
        </div>
        {view.phase === 'waiting' && view.entry < view.price && (
          <div>
            <dt>To join</dt>
            <dd>{view.entry === 0n ? 'Free' : credits(view.entry)}</dd>
          </div>
        )}
        {view.mode === 'shared' && opened > 0n && (
          <div>
            <dt>Everyone’s share</dt>
            <dd data-testid="each-share">{credits(opened / BigInt(view.seats.length))}</dd>
          </div>
        )}
        <div class="pot">
          <dt>Opened so far</dt>
          <dd data-testid="pot">{credits(opened)}</dd>
        </div>
      </dl>
      <button class="button" type="button" data-testid="share" onClick={() => void share()}>
        <Icon name="link" /> Share
      </button>
    </header>
  )
}

/** The address holds the key of a battle that is in no list. */
async function share(): Promise<void> {
  const url = location.origin + location.pathname
  const phone = matchMedia('(pointer: coarse)').matches
  try {
    if (phone && 'share' in navigator) await navigator.share({ title: 'RollingDrop battle', url })
    else {
      await copyText(url)
      toast('Link copied. Whoever opens it comes straight to this battle.', 'good')
    }
  } catch (error) {
    // Closing the system's share sheet is a choice, not a failure.
    if (error instanceof DOMException && error.name === 'AbortError') return
    toast(`Copying is not allowed here. The link is ${url}`)
  }
}
