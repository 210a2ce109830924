import { useEffect, useState } from 'preact/hooks'
import type { InventoryItem, UserInventory } from '../../../schema/market.ts'
import { avatarArt } from '../art/avatar.ts'
import { copyText } from '../format/clipboard.ts'
import { count as counted } from '../format/words.ts'
import { ItemTile } from '../items/item-tile.tsx'
import { loadShowcase, showcase } from '../state/trades.ts'
import { toast } from '../state/toast.ts'
import { OfferForm } from './offer-form.tsx'

/** What a player shows of their things, and the way to trade with them. */
export function ShowcasePage({ user }: { user: string }) {
  useEffect(() => void loadShowcase(user), [user])
  const seen = showcase.value
  if (seen === null) return <p class="empty">Loading…</p>
  if (seen === undefined)
    return (
      <section class="empty-page">
        <h1>Nobody here</h1>
        <p>There is no such player.</p>
        <a class="button primary" href="/">
          To the lobby
        </a>
      </section>
    )
  return <Shown key={user} user={user} seen={seen} />
}

function Shown({ user, seen }: { user: string; seen: UserInventory }) {
  const [isTrading, trade] = useState(false)
  const items = seen.items.filter(({ shown }) => shown)
  return (
    <div class="page">
      <header class="section-head">
        <div class="showcase-head">
          <img class="avatar" src={avatarArt(user)} alt="" />
          <div>
            <h1>{seen.user.name}</h1>
            <p class="lead">{items.length === 0 ? 'Shows nothing.' : `${counted(items.length, 'thing')} on show`}</p>
          </div>
        </div>
        {seen.own ? <CopyLink /> : <TradeButton isOpen={isTrading} toggle={() => trade(!isTrading)} />}
      </header>
      {seen.own && items.length === 0 && (
        <p class="empty">
          Choose what others see: open one of <a href="/items">your items</a> and tick “On show”.
        </p>
      )}
      {isTrading && <OfferForm to={user} name={seen.user.name} theirs={items} onDone={() => trade(false)} />}
      <ul class="items-grid large">
        {items.map((item) => (
          <Thing key={item.asset} item={item} />
        ))}
      </ul>
    </div>
  )
}

function Thing({ item: { sku, value, count } }: { item: InventoryItem }) {
  return (
    <li>
      <ItemTile sku={sku} value={BigInt(value ?? '0')} count={Number(count)} />
    </li>
  )
}

function CopyLink() {
  return (
    <button
      class="button"
      type="button"
      onClick={() => void copyText(location.href).then(() => toast('The link is copied.', 'good'))}
    >
      Copy the link
    </button>
  )
}

function TradeButton({ isOpen, toggle }: { isOpen: boolean; toggle: () => void }) {
  return (
    <button class="button primary" type="button" data-testid="begin-trade" aria-expanded={isOpen} onClick={toggle}>
      {isOpen ? 'Not now' : 'Offer a trade'}
    </button>
  )
}
