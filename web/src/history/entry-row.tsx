import { itemArt } from '../art/item.ts'
import { isItem, money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { itemOf } from '../state/catalog.ts'
import type { Entry } from '../state/history.ts'

const kinds: Readonly<Record<string, string>> = {
  'guest.welcome': 'Welcome credits',
  'faucet.refill': 'Credits refilled',
  'battle.create': 'Seat in your battle',
  'battle.join': 'Seat in a battle',
  'battle.leave': 'Seat given back',
  'battle.cancel': 'Battle cancelled, refunded',
  'battle.expire': 'Nobody came, refunded',
  'battle.settle': 'Won in a battle',
  'box.open': 'Boxes opened',
  'item.sell': 'Item sold',
  'item.give': 'Item given',
  'listing.open': 'Put on the market',
  'listing.sell': 'Sold on the market',
  'listing.end': 'Taken off the market',
  'order.place': 'Kept aside for an order',
  'order.end': 'Order ended',
  'trade.offer': 'Offered in a trade',
  'trade.accept': 'Traded',
  'trade.end': 'Trade ended',
  'deposit.post': 'Paid in',
  'deposit.refund': 'Refunded',
  'payment.close': 'Paid out',
  'redemption.ship': 'Sent home',
  'debt.pay': 'Debt paid',
}

/** One movement of the player's own account, with the balance it left. */
export function EntryRow({ entry }: { entry: Entry }) {
  const amount = BigInt(entry.amount)
  const isMoney = !isItem(entry.asset)
  const words = kinds[entry.kind] ?? entry.kind.replaceAll(/[._-]/g, ' ')
  return (
    <tr data-testid="history-entry" data-kind={entry.kind}>
      <td class="when">
        <time dateTime={new Date(entry.at).toISOString()}>{dayTime(entry.at)}</time>
      </td>
      <td>
        {isMoney ? null : <ItemName asset={entry.asset} />}
        {entry.battle ? <a href={`/b/${entry.battle}`}>{words}</a> : words}
      </td>
      <td class={`number ${amount < 0n ? 'down' : 'up'}`}>
        {`${amount < 0n ? '−' : '+'}${isMoney ? money(abs(amount), entry.asset) : abs(amount)}`}
      </td>
      <td class="number">{isMoney ? money(BigInt(entry.balance), entry.asset) : entry.balance}</td>
    </tr>
  )
}

function ItemName({ asset }: { asset: string }) {
  const item = itemOf(asset.replace(/^(play:)?item:/, ''))
  return (
    <span class={`entry-item ${item.rarity}`}>
      <img src={itemArt(item.sku, item.name, item.rarity)} alt="" />
      <b>{item.name}</b>
    </span>
  )
}

const abs = (amount: bigint) => (amount < 0n ? -amount : amount)
