import { rarities } from '../../../schema/box.ts'
import { credits } from '../format/credits.ts'
import { boxes } from '../state/catalog.ts'
import { EVERYTHING, kinds, leastValues, narrow, wanted, type Kind } from '../state/live.ts'

const all = Object.keys(kinds) as Kind[]

/** What of the feed is on show. Every choice narrows it; the server sends only what is wanted. */
export function Filters() {
  const { kind, box, rarity, least } = wanted.value
  const isNarrowed = kind !== 'all' || box !== null || rarity !== null || least !== null
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <fieldset class="choices">
        <legend class="sr-only">What to show</legend>
        {all.map((each) => (
          <label key={each}>
            <input type="radio" name="kind" checked={kind === each} onChange={() => narrow({ kind: each })} />
            <span data-testid={`live-kind-${each}`}>{kinds[each].name}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="choices rarities" disabled={kind === 'battles'}>
        <legend class="sr-only">Rarity</legend>
        {rarities.map((each) => (
          <label key={each} class={each}>
            <input
              type="checkbox"
              checked={rarity === each}
              onChange={() => narrow({ rarity: rarity === each ? null : each })}
            />
            <span data-testid={`live-rarity-${each}`}>{each}</span>
          </label>
        ))}
      </fieldset>
      <label class="filter">
        <span>Box</span>
        <select value={box ?? ''} onChange={(event) => narrow({ box: event.currentTarget.value || null })}>
          <option value="">Any</option>
          {boxes.value?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>Item worth</span>
        <select
          value={least ?? ''}
          disabled={kind === 'battles'}
          data-testid="live-least"
          onChange={(event) => narrow({ least: event.currentTarget.value || null })}
        >
          <option value="">Anything</option>
          {leastValues.map((each) => (
            <option key={each} value={each}>
              {credits(BigInt(each))} or more
            </option>
          ))}
        </select>
      </label>
      {isNarrowed && (
        <button class="button small" type="button" onClick={() => (wanted.value = EVERYTHING)}>
          Show everything
        </button>
      )}
    </form>
  )
}
