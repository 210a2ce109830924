import { useState } from 'preact/hooks'
import { Field, Form } from '../account/form.tsx'
import { amountOf, money, moneyOf } from '../format/money.ts'
import { Dialog } from '../shell/dialog.tsx'
import type { Item } from '../state/catalog.ts'
import { give, loadMarks, mark, marks } from '../state/inventory.ts'
import { putUp } from '../state/market.ts'
import { sell, selling } from '../state/sale.ts'
import { toast } from '../state/toast.ts'
import { ItemTile } from './item-tile.tsx'
import { RedeemForm } from './redeem-form.tsx'

type Props = Readonly<{ asset: string; item: Item; free: number; count: number; onClose: () => void }>

/** Everything that can be done with one's own items of one kind. */
export function ItemDialog({ asset, item, free, count, onClose }: Props) {
  return (
    <Dialog title={item.name} onClose={onClose}>
      <div class="item-dialog">
        <div class="item-dialog-head">
          <ItemTile sku={item.sku} value={item.value} paidWith={moneyOf(asset)} count={count} />
          <div class="item-dialog-marks">
            <Marks asset={asset} count={count} />
            <a href={`/market/${encodeURIComponent(asset)}`}>See it on the market</a>
          </div>
        </div>
        <SellBack asset={asset} item={item} free={free} />
        <PutUp asset={asset} item={item} isFree={free > 0} />
        {!asset.startsWith('play:') && free > 0 && <RedeemForm asset={asset} onDone={onClose} />}
        <Give asset={asset} free={free} onDone={onClose} />
      </div>
    </Dialog>
  )
}

function Marks({ asset, count }: Readonly<{ asset: string; count: number }>) {
  const known = marks.value?.get(asset)
  const locked = known?.locked ?? 0
  return (
    <>
      <label class="tick">
        <input
          type="checkbox"
          checked={locked > 0}
          data-testid="lock-item"
          onChange={(event) => void mark(asset, { locked: event.currentTarget.checked ? count : 0 })}
        />
        <span>
          Locked <small>It cannot be sold, given or traded until you unlock it.</small>
        </span>
      </label>
      <label class="tick">
        <input
          type="checkbox"
          checked={known?.shown ?? false}
          data-testid="show-item"
          onChange={(event) => void mark(asset, { shown: event.currentTarget.checked })}
        />
        <span>
          On show <small>Whoever opens your showcase sees it.</small>
        </span>
      </label>
    </>
  )
}

function SellBack({ asset, item, free }: Readonly<{ asset: string; item: Item; free: number }>) {
  if (item.value === 0n) return null
  return (
    <div class="sell-row">
      {[1, ...(free > 1 ? [free] : [])].map((n) => (
        <button
          key={n}
          class="button"
          type="button"
          data-testid={n === 1 ? 'sell-back' : 'sell-back-all'}
          disabled={free < 1 || selling.value.has(asset)}
          onClick={() => void sell([{ asset, count: n }])}
        >
          Sell {n === 1 ? 'one' : `all ${n}`} back for {money(item.value * BigInt(n), moneyOf(asset))}
        </button>
      ))}
    </div>
  )
}

function PutUp({ asset, item, isFree }: Readonly<{ asset: string; item: Item; isFree: boolean }>) {
  const [text, setText] = useState('')
  const price = amountOf(text)
  const paidWith = moneyOf(asset)
  return (
    <form
      class="inline-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (price !== null) void putUp(asset, price).then(loadMarks)
      }}
    >
      <label class="account-field">
        <span>Put one on the market for</span>
        <input
          value={text}
          inputMode="decimal"
          placeholder={item.value > 0n ? money(item.value, paidWith) : '0.00'}
          data-testid="list-price"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button class="button primary" type="submit" data-testid="list-item" disabled={price === null || !isFree}>
        Put it up
      </button>
    </form>
  )
}

function Give({ asset, free, onDone }: Readonly<{ asset: string; free: number; onDone: () => void }>) {
  return (
    <details>
      <summary>Give it to somebody</summary>
      <Form
        title="A gift cannot be taken back"
        action="Give one"
        testId="give-item"
        onSubmit={async ({ to = '' }) => {
          if (free < 1 || !(await give(to.trim(), asset, 1))) return
          toast('Given.', 'good')
          onDone()
        }}
      >
        <Field
          name="to"
          label="The other’s player id"
          autocomplete="off"
          hint="It stands in their showcase’s address."
        />
      </Form>
    </details>
  )
}
