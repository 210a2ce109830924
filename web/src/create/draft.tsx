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
  toPay,
} from '../state/draft.ts'
import { choose, costs, options } from '../state/draft-options.ts'
import { Icon } from '../shell/icon.tsx'
import { ModeChoice } from './mode-choice.tsx'
import { OptionsChoice } from './options-choice.tsx'
import { SidesChoice } from './sides-choice.tsx'
import { Switch } from './switch.tsx'

/** The battle being put together: its rounds in order, its rule, its sides, who pays what. */
export function Draft() {
  const { fast, unlisted } = options.value
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
      <ModeChoice />
      <SidesChoice />
      <OptionsChoice />
      <div class="draft-options">
        <Switch
          name="Fast"
          hint="Rounds are shown in about a second"
          on={fast}
          testId="option-fast"
          onTurn={(on) => choose({ fast: on })}
        />
        <Switch
          name="Unlisted"
          hint="Only people with the link find it"
          on={unlisted}
          testId="unlisted"
          onTurn={(on) => choose({ unlisted: on })}
        />
        <Price />
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

/** What the creator pays now, and what the others will. */
function Price() {
  const { own, gift, entry, leastEntry } = costs(price.value, options.value)
  const { borrow } = options.value
  const lent = price.value - own
  const parts = [
    gift > 0n && `seat ${credits(own)} + gift ${credits(gift)}`,
    borrow > 0 && `${credits(lent)} borrowed`,
  ].filter((part) => part !== false)
  return (
    <dl class="draft-total" data-testid="price-line">
      <div>
        <dt>Others pay</dt>
        <dd>
          {entry === 0n
            ? 'nothing'
            : leastEntry < entry
              ? `${credits(leastEntry)} – ${credits(entry)}`
              : credits(entry)}
        </dd>
      </div>
      <div class="mine">
        <dt>You pay now</dt>
        <dd>{credits(toPay.value)}</dd>
        {parts.length > 0 && <small>{parts.join(', ')}</small>}
      </div>
    </dl>
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
