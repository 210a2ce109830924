import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { credits, creditsChange } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { stage } from '../state/opening.ts'
import { sell, selling } from '../state/sale.ts'

/** What the last go brought, to keep or to sell back at once. */
export function DrawnItems() {
  const { type, opened } = stage.value
  const isSold = useSignal(false)
  useEffect(() => void (isSold.value = false), [opened?.opening])
  if (type !== 'show' || !opened) return null
  const items = opened.payouts.filter(({ asset }) => asset !== opened.asset)
  const worth = opened.drops.reduce((sum, { value }) => sum + BigInt(value), 0n)
  const change = worth - BigInt(opened.price)
  const sellAll = async () => {
    const lots = items.map(({ asset, amount }) => ({ asset, count: Number(amount) }))
    if ((await sell(lots)).length === lots.length) isSold.value = true
  }
  return (
    <div class={`drawn ${change >= 0n ? 'up' : 'down'}`} role="status" data-testid="drawn">
      <span>
        {count(opened.drops.length, 'item')} worth <b>{credits(worth)}</b>
        <em>{creditsChange(change)}</em>
      </span>
      {items.length > 0 && !isSold.value && (
        <button
          class="button"
          type="button"
          data-testid="sell-drawn"
          disabled={selling.value.size > 0}
          onClick={() => void sellAll()}
        >
          Sell back for {credits(worth)}
        </button>
      )}
      {isSold.value && <small>Sold.</small>}
      {opened.drops.some(({ bought }) => bought) && <small>What was out of stock was paid in credits.</small>}
    </div>
  )
}
