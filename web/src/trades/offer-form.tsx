import { useState } from 'preact/hooks'
import type { InventoryItem } from '../../../schema/market.ts'
import { ItemTile } from '../items/item-tile.tsx'
import { amountOf } from '../format/money.ts'
import { itemOf } from '../state/catalog.ts'
import { go } from '../state/route.ts'
import { balances, PLAY } from '../state/session.ts'
import { offer } from '../state/trades.ts'

type Chosen = ReadonlySet<string>
type Props = Readonly<{ to: string; name: string; theirs: readonly InventoryItem[]; onDone: () => void }>

const PLAY_ITEM = /^play:item:(.+)$/

/** One of each chosen thing, and credits, on either side. Play is traded for play only. */
export function OfferForm({ to, name, theirs, onDone }: Props) {
  const [mine, setMine] = useState<Chosen>(new Set())
  const [wanted, setWanted] = useState<Chosen>(new Set())
  const [give, setGive] = useState('')
  const [get, setGet] = useState('')
  const sides = { gives: sideOf(mine, give), wants: sideOf(wanted, get) }
  const isEmpty = mine.size === 0 && sides.gives.money === null
  const own = [...balances.value].filter(([asset, n]) => PLAY_ITEM.test(asset) && n > 0n).map(([asset]) => asset)
  const send = async () => {
    if (!(await offer({ to, ...sides }))) return
    onDone()
    go('/trading')
  }
  return (
    <form
      class="offer-form"
      data-testid="offer-form"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <div class="trade-sides">
        <Choice title="You give" assets={own} chosen={mine} choose={setMine} credits={give} setCredits={setGive} />
        <Choice
          title={`${name} gives`}
          assets={theirs.map(({ asset }) => asset).filter((asset) => PLAY_ITEM.test(asset))}
          chosen={wanted}
          choose={setWanted}
          credits={get}
          setCredits={setGet}
        />
      </div>
      <button class="button primary" type="submit" data-testid="offer" disabled={isEmpty}>
        Offer it
      </button>
    </form>
  )
}

function sideOf(chosen: Chosen, text: string) {
  const amount = amountOf(text)
  return {
    items: [...chosen].map((asset) => ({ asset, count: 1 })),
    money: amount === null ? null : { asset: PLAY, amount: `${amount}` },
  }
}

type ChoiceProps = Readonly<{
  title: string
  assets: readonly string[]
  chosen: Chosen
  choose: (chosen: Chosen) => void
  credits: string
  setCredits: (text: string) => void
}>

function Choice({ title, assets, chosen, choose, credits, setCredits }: ChoiceProps) {
  const toggle = (asset: string) =>
    choose(new Set(chosen.has(asset) ? [...chosen].filter((each) => each !== asset) : [...chosen, asset]))
  return (
    <fieldset>
      <legend>{title}</legend>
      <label class="account-field">
        <span>Credits</span>
        <input value={credits} inputMode="decimal" onInput={(event) => setCredits(event.currentTarget.value)} />
      </label>
      <ul class="items-grid">
        {assets.map((asset) => {
          const { sku, value } = itemOf(asset.replace(PLAY_ITEM, '$1'))
          return (
            <li key={asset}>
              <button
                class="item-button choosable"
                type="button"
                aria-pressed={chosen.has(asset)}
                data-testid={`choose-${sku}`}
                onClick={() => toggle(asset)}
              >
                <ItemTile sku={sku} value={value} />
              </button>
            </li>
          )
        })}
      </ul>
      {assets.length === 0 && <p class="hint">Nothing to choose from.</p>}
    </fieldset>
  )
}
