import { rarities, WEIGHT_SUM_MAX } from '../../../schema/box.ts'
import type { BoxIssue, DraftPrize } from '../../../schema/box-admin.ts'
import { percent } from '../format/credits.ts'
import { Icon } from '../shell/icon.tsx'
import { change, editing, issues, look } from '../state/admin-boxes.ts'
import { amountText, HundredthsInput } from './hundredths-input.tsx'

/** All prizes, one row each, every field of them at hand. */
export function PrizeTable() {
  const { prizes } = editing.value!.contents
  const chances = look.value?.edge?.prizes ?? []
  return (
    <>
      <div class="prize-head">
        <h2>Prizes</h2>
        <div class="admin-actions">
          <Sort name="value" by={(a, b) => Number(BigInt(b.value) - BigInt(a.value))} />
          <Sort name="chance" by={(a, b) => b.weight - a.weight} />
        </div>
      </div>
      <div class="prize-rows" data-testid="prizes">
        <div class="prize-row prize-labels" aria-hidden="true">
          <span>Rarity</span>
          <span>Name</span>
          <span>Item</span>
          <span class="number">Value</span>
          <span class="number">Weight</span>
          <span class="number">Stock</span>
          <span class="number">Chance</span>
        </div>
        {prizes.map((prize, i) => (
          <Row key={i} prize={prize} at={i} chance={chances[i]?.chance ?? null} />
        ))}
      </div>
      <button class="button" type="button" data-testid="add-prize" onClick={add}>
        <Icon name="plus" /> Add a prize
      </button>
    </>
  )
}

function Sort({ name, by }: { name: string; by: (a: DraftPrize, b: DraftPrize) => number }) {
  return (
    <button
      class="button small"
      type="button"
      data-testid={`sort-${name}`}
      onClick={() => change({ prizes: editing.value!.contents.prizes.toSorted(by) })}
    >
      By {name}
    </button>
  )
}

type RowProps = Readonly<{ prize: DraftPrize; at: number; chance: number | null }>

function Row({ prize, at, chance }: RowProps) {
  const wrong = issues.value.filter(({ path }) => path.startsWith(`prizes.${at}.`))
  const mark = (field: string) => levelOf(wrong, `prizes.${at}.${field}`)
  const n = at + 1
  return (
    <div class={`prize-row ${prize.rarity}`} data-testid={`prize-${at}`}>
      <select
        class="prize-rarity"
        value={prize.rarity}
        aria-label={`Rarity of prize ${n}`}
        onChange={(event) => put(at, { rarity: rarities[event.currentTarget.selectedIndex]! })}
      >
        {rarities.map((rarity) => (
          <option key={rarity} value={rarity}>
            {rarity}
          </option>
        ))}
      </select>
      <input
        class={`prize-name ${mark('name')}`}
        value={prize.name}
        maxLength={60}
        placeholder="Name"
        aria-label={`Name of prize ${n}`}
        onInput={(event) => rename(at, event.currentTarget.value)}
      />
      <input
        class={`prize-sku ${mark('sku')}`}
        value={prize.sku}
        maxLength={79}
        placeholder="item"
        aria-label={`Item of prize ${n}`}
        onInput={(event) => put(at, { sku: event.currentTarget.value })}
      />
      <Numbers prize={prize} at={at} mark={mark} />
      <output class="prize-chance" data-testid={`prize-chance-${at}`}>
        {chance === null ? '–' : percent(chance)}
      </output>
      <button class="quiet-icon" type="button" aria-label={`Remove prize ${n}`} onClick={() => remove(at)}>
        <Icon name="close" />
      </button>
      {wrong.map(({ path, level, message }) => (
        <p key={path} class={`issue ${level}`}>
          {message}
        </p>
      ))}
    </div>
  )
}

type NumbersProps = Readonly<{ prize: DraftPrize; at: number; mark: (field: string) => string }>

function Numbers({ prize, at, mark }: NumbersProps) {
  const n = at + 1
  return (
    <>
      <label class={`prize-value ${mark('value')}`}>
        <small>Value</small>
        <HundredthsInput
          value={prize.value}
          label={`Value of prize ${n}, now ${amountText(prize.value)}`}
          testId={`prize-value-${at}`}
          onValue={(value) => put(at, { value })}
        />
      </label>
      <label class={`prize-weight ${mark('weight')}`}>
        <small>Weight</small>
        <input
          class="number"
          value={prize.weight}
          inputMode="numeric"
          aria-label={`Weight of prize ${n}`}
          data-testid={`prize-weight-${at}`}
          onInput={(event) => put(at, { weight: Math.min(WEIGHT_SUM_MAX, wholeOf(event.currentTarget.value)) })}
        />
      </label>
      <label class={`prize-stock ${mark('stock')}`}>
        <small>Stock</small>
        <input
          class="number"
          value={prize.stock ?? ''}
          placeholder="∞"
          inputMode="numeric"
          aria-label={`Stock of prize ${n}; empty: no limit`}
          onInput={(event) => restock(at, event.currentTarget.value)}
        />
      </label>
    </>
  )
}

function levelOf(found: readonly BoxIssue[], path: string): string {
  return found.find((issue) => issue.path === path)?.level ?? ''
}

function put(at: number, changed: Partial<DraftPrize>): void {
  const { prizes } = editing.value!.contents
  change({ prizes: prizes.with(at, { ...prizes[at]!, ...changed }) })
}

/** The item is called after the prize as long as nobody has called it otherwise. */
function rename(at: number, name: string): void {
  const prize = editing.value!.contents.prizes[at]!
  put(at, { name, ...(prize.sku === slugOf(prize.name) && { sku: slugOf(name) }) })
}

function restock(at: number, text: string): void {
  const { prizes } = editing.value!.contents
  const { stock: _, ...unlimited } = prizes[at]!
  const stock = text.replaceAll(/\D/g, '').slice(0, 15)
  change({ prizes: prizes.with(at, stock === '' ? unlimited : { ...unlimited, stock: `${BigInt(stock)}` }) })
}

function add(): void {
  const { prizes } = editing.value!.contents
  change({ prizes: [...prizes, { sku: '', name: '', rarity: 'common', value: '0', weight: 0 }] })
}

function remove(at: number): void {
  change({ prizes: editing.value!.contents.prizes.toSpliced(at, 1) })
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}

function wholeOf(text: string): number {
  return Number(text.replaceAll(/\D/g, '').slice(0, 15))
}
