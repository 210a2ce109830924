import { BORROW_PERCENT_MAX } from '../../../schema/battle-mode.ts'
import { LEVEL_MAX } from '../../../schema/level.ts'
import { BORROW_STEP, choose, options, whyNot } from '../state/draft-options.ts'
import { Slider } from './slider.tsx'

const percents = (value: number, none: string) => (value === 0 ? none : `${value} %`)

/** What else may be chosen. What does not go together with the rest says why and cannot be moved. */
export function OptionsChoice() {
  const { sponsor, minLevel, borrowMax, borrow } = options.value
  const noLoans = borrowMax === 0 ? whyNot({ borrowMax: BORROW_STEP }) : undefined
  return (
    <div class="option-grid">
      <Slider
        label="Pay for the others"
        shown={sponsor === 100 ? 'all of it' : percents(sponsor, 'nothing')}
        hint="Your gift: they pay less for their seats"
        value={sponsor}
        max={100}
        step={5}
        testId="option-sponsor"
        problem={sponsor === 0 ? whyNot({ sponsor: 5 }) : undefined}
        onPick={(value) => choose({ sponsor: value })}
      />
      <Slider
        label="Lowest level"
        shown={minLevel === 0 ? 'everyone' : `level ${minLevel} and up`}
        hint="Levels grow with what one has played for"
        value={minLevel}
        max={LEVEL_MAX}
        testId="option-level"
        onPick={(value) => choose({ minLevel: value })}
      />
      <Slider
        label="Borrowing"
        shown={borrowMax === 0 ? 'not allowed' : `up to ${borrowMax} %`}
        hint="The house lends part of a seat and takes the same part of what it wins"
        value={borrowMax}
        max={BORROW_PERCENT_MAX}
        step={BORROW_STEP}
        testId="option-borrow-max"
        problem={noLoans}
        onPick={(value) => choose({ borrowMax: value })}
      />
      <Slider
        label="You borrow"
        shown={percents(borrow, 'nothing')}
        hint={borrow === 0 ? 'Pay your seat in full, keep all you win' : `You keep ${100 - borrow} % of what you win`}
        value={borrow}
        max={borrowMax}
        step={BORROW_STEP}
        testId="option-borrow"
        problem={noLoans ?? (borrowMax === 0 ? 'Allow borrowing first' : undefined)}
        onPick={(value) => choose({ borrow: value })}
      />
    </div>
  )
}
