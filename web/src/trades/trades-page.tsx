import { useEffect } from 'preact/hooks'
import type { Trade } from '../../../schema/trade.ts'
import { dayTime } from '../format/time.ts'
import { OwnNav } from '../shell/own-nav.tsx'
import { answer, followTrades, trades } from '../state/trades.ts'
import { Side } from './side.tsx'

const phases: Readonly<Record<Trade['phase'], string>> = {
  open: 'Open',
  accepted: 'Traded',
  declined: 'Declined',
  cancelled: 'Taken back',
  expired: 'Expired',
}

/** What one has offered others, and what others offer. */
export function TradesPage() {
  useEffect(followTrades, [])
  const all = trades.value
  return (
    <div class="page">
      <OwnNav at="trades" />
      <header class="section-head">
        <div>
          <h1>Trades</h1>
          <p class="lead">Items and money for items and money, both sides in one step. Begin one from a showcase.</p>
        </div>
      </header>
      {all === null && <p class="empty">Loading…</p>}
      {all?.length === 0 && (
        <p class="empty">
          None yet. Send somebody the link of <a href="/items">your showcase</a>, or open theirs.
        </p>
      )}
      <ul class="trades">
        {all?.map((trade) => (
          <TradeRow key={trade.id} trade={trade} />
        ))}
      </ul>
    </div>
  )
}

function TradeRow({ trade }: { trade: Trade }) {
  const { own, from, to, gives, wants, phase, createdAt } = trade
  return (
    <li class="trade" data-testid="trade" data-phase={phase}>
      <header>
        <b>{own ? `To ${to.name}` : `From ${from.name}`}</b>
        <small>
          {phases[phase]} · {dayTime(createdAt)}
        </small>
      </header>
      <div class="trade-sides">
        <Side title="You give" side={own ? gives : wants} />
        <Side title="You get" side={own ? wants : gives} />
      </div>
      {phase === 'open' && (
        <div class="sell-row">
          {own ? (
            <button class="button" type="button" onClick={() => void answer(trade, 'cancel')}>
              Take it back
            </button>
          ) : (
            <>
              <button
                class="button primary"
                type="button"
                data-testid="accept-trade"
                onClick={() => void answer(trade, 'accept')}
              >
                Accept
              </button>
              <button class="button" type="button" onClick={() => void answer(trade, 'decline')}>
                Decline
              </button>
            </>
          )}
        </div>
      )}
    </li>
  )
}
