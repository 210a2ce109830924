import { battleModes, isBattleMode } from '../../../schema/battle-mode.ts'
import { credits } from '../format/credits.ts'
import { modeTexts } from '../mode/modes.ts'
import { playBoxes } from '../state/catalog.ts'
import { narrow, wanted } from '../state/lobby.ts'
import { ANY_BATTLE, isNarrowed, priceBands, type PriceBand } from '../state/lobby-filter.ts'

/** Which of the waiting battles are on show; the server sends only pages of these. */
export function LobbyFilters() {
  const { mode, box, price } = wanted.value
  return (
    <form class="filters lobby-filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <label class="filter">
        <span>Mode</span>
        <select
          value={mode ?? ''}
          data-testid="lobby-mode"
          onChange={({ currentTarget: { value } }) => narrow({ mode: isBattleMode(value) ? value : null })}
        >
          <option value="">Any</option>
          {battleModes.map((each) => (
            <option key={each} value={each}>
              {modeTexts[each].name}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>Box</span>
        <select
          value={box ?? ''}
          data-testid="lobby-box"
          onChange={(event) => narrow({ box: event.currentTarget.value || null })}
        >
          <option value="">Any</option>
          {playBoxes.value?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        <span>Price</span>
        <select
          value={price ?? ''}
          data-testid="lobby-price"
          onChange={({ currentTarget: { value } }) => narrow({ price: value === '' ? null : Number(value) })}
        >
          <option value="">Any</option>
          {priceBands.map((band, i) => (
            <option key={i} value={i}>
              {bandWords(band)}
            </option>
          ))}
        </select>
      </label>
      {isNarrowed(wanted.value) && (
        <button class="button small" type="button" data-testid="lobby-any" onClick={() => narrow(ANY_BATTLE)}>
          Show all
        </button>
      )}
    </form>
  )
}

function bandWords({ min, max }: PriceBand): string {
  if (min === undefined) return `Up to ${credits(max ?? 0n)}`
  return max === undefined ? `${credits(min)} or more` : `${credits(min)} to ${credits(max)}`
}
