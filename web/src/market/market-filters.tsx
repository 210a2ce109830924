import { rarities } from '../../../schema/box.ts'
import { money } from '../format/money.ts'
import { wanted, type Wanted } from '../state/market.ts'

/** Most one wants to pay, in hundredths. */
const MOST = ['500', '2000', '10000', '50000'] as const

const narrow = (change: Partial<Wanted>): void => {
  wanted.value = { ...wanted.value, ...change }
}

/** Which offers are on show; the server sends only these. */
export function MarketFilters() {
  const { rarity, most, sort, money: asset } = wanted.value
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="choices">
        <legend class="sr-only">Money</legend>
        {(['play:CREDIT', 'USD'] as const).map((each) => (
          <label key={each}>
            <input type="radio" name="money" checked={asset === each} onChange={() => narrow({ money: each })} />
            <span>{each === 'USD' ? 'For money' : 'Play'}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choices rarities">
        <legend class="sr-only">Rarity</legend>
        {rarities.map((each) => (
          <label key={each} class={each}>
            <input
              type="checkbox"
              checked={rarity === each}
              onChange={() => narrow({ rarity: rarity === each ? null : each })}
            />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
      <label class="filter">
        <span>Up to</span>
        <select value={most ?? ''} onChange={(event) => narrow({ most: event.currentTarget.value || null })}>
          <option value="">Any price</option>
          {MOST.map((each) => (
            <option key={each} value={each}>
              {money(BigInt(each), asset)}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>First</span>
        <select
          value={sort}
          data-testid="market-sort"
          onChange={(event) => narrow({ sort: event.currentTarget.value === 'price' ? 'price' : 'newest' })}
        >
          <option value="newest">Newest</option>
          <option value="price">Cheapest</option>
        </select>
      </label>
    </form>
  )
}
