import { computed, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { credits } from '../format/credits.ts'
import { moneyOf } from '../format/money.ts'
import { count } from '../format/words.ts'
import { Icon } from '../shell/icon.tsx'
import { OwnNav } from '../shell/own-nav.tsx'
import { itemOf, type Item } from '../state/catalog.ts'
import { followMarks, marks } from '../state/inventory.ts'
import { sell, selling } from '../state/sale.ts'
import { balances, known, user } from '../state/session.ts'
import { ItemDialog } from './item-dialog.tsx'
import { ItemTile } from './item-tile.tsx'

type Owned = Readonly<{ asset: string; item: Item; free: number; count: number }>

const prefix = /^(play:)?item:/

/** What the player owns, dearest first: `free` of it can go somewhere, the rest is locked or promised. */
const owned = computed((): readonly Owned[] => {
  const held = new Map([...(marks.value ?? [])].map(([asset, item]) => [asset, Number(item.held)]))
  return [...new Set([...balances.value.keys(), ...held.keys()])]
    .filter((asset) => prefix.test(asset))
    .map((asset) => {
      const free = Number(balances.value.get(asset) ?? 0n)
      return { asset, item: itemOf(asset.replace(prefix, '')), free, count: free + (held.get(asset) ?? 0) }
    })
    .filter(({ count: n }) => n > 0)
    .toSorted((a, b) => Number(b.item.value - a.item.value))
})

/** The asset whose window is open. */
const chosen = signal<string | null>(null)

export function ItemsPage() {
  const all = owned.value
  const id = user.value?.id
  useEffect(followMarks, [])
  const open = all.find(({ asset }) => asset === chosen.value)
  const play = all.filter(({ asset }) => asset.startsWith('play:'))
  const worth = play.reduce((total, { item, count: n }) => total + item.value * BigInt(n), 0n)
  const freeWorth = play.reduce((total, { item, free }) => total + item.value * BigInt(free), 0n)
  const pieces = all.reduce((total, each) => total + each.count, 0)
  return (
    <div class="page">
      <OwnNav at="items" />
      <header class="section-head">
        <div>
          <h1>Your items</h1>
          <p class="lead">
            {all.length === 0
              ? 'What you win lands here.'
              : `${count(pieces, 'item')} worth ${credits(worth)} credits.`}
          </p>
        </div>
        {id && (
          <a class="button" href={`/u/${id}`} data-testid="showcase">
            Your showcase
          </a>
        )}
        {play.length > 0 && (
          <button
            class="button primary"
            type="button"
            data-testid="sell-all"
            disabled={selling.value.size > 0 || freeWorth === 0n}
            onClick={() => void sell(play.map(({ asset, free }) => ({ asset, count: free })))}
          >
            Sell all for {credits(freeWorth)}
          </button>
        )}
      </header>
      {all.length === 0 && (
        <p class="empty">
          {known.value ? (
            <>
              Nothing yet. <a href="/">Win a battle</a> and its items are yours to keep or to sell back at their value.
            </>
          ) : (
            'Loading…'
          )}
        </p>
      )}
      <ul class="items-grid large">
        {all.map((own) => (
          <OwnItem key={own.asset} own={own} />
        ))}
      </ul>
      {open && <ItemDialog {...open} onClose={() => (chosen.value = null)} />}
    </div>
  )
}

/** One kind of item: its window, and the quick way to sell it back. */
function OwnItem({ own: { asset, item, free, count: n } }: { own: Owned }) {
  const isBusy = selling.value.has(asset)
  return (
    <li>
      <button
        class="item-button"
        type="button"
        aria-label={`${item.name}: what to do with it`}
        data-testid={`item-${item.sku}`}
        onClick={() => (chosen.value = asset)}
      >
        <ItemTile sku={item.sku} value={item.value} paidWith={moneyOf(asset)} count={n} />
        <Badges asset={asset} />
      </button>
      <span class="sell-row">
        <button
          class="button small"
          type="button"
          data-testid={`sell-${item.sku}`}
          disabled={isBusy || free < 1}
          onClick={() => void sell([{ asset, count: 1 }])}
        >
          Sell {free > 1 ? 'one' : ''}
        </button>
        {free > 1 && (
          <button
            class="button small"
            type="button"
            disabled={isBusy}
            onClick={() => void sell([{ asset, count: free }])}
          >
            All {free}
          </button>
        )}
      </span>
    </li>
  )
}

/** Whether some of it is locked, and whether others see it. */
function Badges({ asset }: { asset: string }) {
  const known = marks.value?.get(asset)
  return (
    <span class="item-badges">
      {(known?.locked ?? 0) > 0 && <Icon name="lock" />}
      {known?.shown && <Icon name="eye" />}
    </span>
  )
}
