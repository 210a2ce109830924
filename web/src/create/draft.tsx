import { boxArt } from '../art/box.ts'
import { credits } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { boxName } from '../state/catalog.ts'
import {
  affordable,
  clearDraft,
  createBattle,
  creating,
  dropRound,
  price,
  rounds,
  ROUNDS_MAX,
  seats,
  unlisted,
} from '../state/draft.ts'
import { Icon } from '../shell/icon.tsx'
import { SeatsChoice } from './seats-choice.tsx'

/** The battle being put together: its rounds in order, its seats, what a seat costs. */
export function Draft() {
  return (
    <form
      class="draft"
      aria-label="Your battle"
      onSubmit={(event) => {
        event.preventDefault()
        void createBattle()
      }}
    >
      <DraftRounds />
      <div class="draft-options">
        <SeatsChoice />
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            data-testid="unlisted"
            checked={unlisted.value}
            onChange={(event) => (unlisted.value = event.currentTarget.checked)}
          />
          <i aria-hidden="true" />
          <span>
            Unlisted <small>Only people with the link find it</small>
          </span>
        </label>
        <div class="draft-total">
          <span class="label">
            Your seat <small>{seats.value} seats, one pot</small>
          </span>
          <b>{credits(price.value)}</b>
        </div>
        <button
          class="button primary large"
          type="submit"
          data-testid="create-battle"
          disabled={creating.value || !affordable.value}
        >
          {creating.value ? 'Creating…' : affordable.value ? 'Create battle' : 'Balance too low'}
        </button>
      </div>
      {!affordable.value && (
        <p class="hint" role="status">
          This is more than you have. Take out a round, or <Icon name="bag" /> <a href="/items">sell some items</a>.
        </p>
      )}
    </form>
  )
}

function DraftRounds() {
  return (
    <div class="draft-rounds">
      <span class="label">
        {count(rounds.value.length, 'round')} <small>of {ROUNDS_MAX} at most</small>
        <button class="link" type="button" onClick={clearDraft}>
          Clear
        </button>
      </span>
      <ol>
        {rounds.value.map((id, i) => (
          <li key={i}>
            <button
              type="button"
              title={`Take out round ${i + 1}: ${boxName(id)}`}
              aria-label={`Take out round ${i + 1}: ${boxName(id)}`}
              onClick={() => dropRound(i)}
            >
              <img src={boxArt(id)} alt="" />
              <small>{i + 1}</small>
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}
