import { BORROW_PERCENT_MAX } from '../../../schema/battle-mode.ts'
import { levels } from '../../../schema/level.ts'
import { credits } from '../format/credits.ts'
import { level } from '../state/session.ts'

/** What a creator may choose, and what it means for those who join. */
export function OptionRules() {
  return (
    <>
      <h2>Options</h2>
      <ul>
        <li>
          <b>Paying for the others.</b> The creator can pay any part of the other players’ seats, up to all of it. It is
          set aside at once. What was meant for a seat that a bot takes comes back, and all of it when the battle does
          not start.
        </li>
        <li>
          <b>Borrowing.</b> Where the creator allows it, the house lends up to {BORROW_PERCENT_MAX} % of a seat, and
          takes the same part of what that seat wins. Nothing is owed when it loses. Half the seat, half the winnings.
        </li>
        <li>
          <b>What does not go together.</b> Shared and group battles have neither teams nor borrowing. Nothing is
          borrowed where the creator pays for others.
        </li>
        <li>
          <b>Fast.</b> Rounds are shown in about a second. It changes nothing else.
        </li>
        <li>
          <b>Unlisted.</b> The battle is in no list. Its link holds a secret: whoever has it can watch and join, and
          nobody else.
        </li>
      </ul>
      <h2>Levels</h2>
      <p>
        A creator can ask for a lowest level. It grows with what you paid for battles that were played to the end; what
        others gave or the house lent does not count.
      </p>
      <ol class="levels">
        {levels.map((least, i) => (
          <li key={i} class={level.value === i ? 'mine' : ''} aria-current={level.value === i ? 'true' : undefined}>
            <b>{level.value === i ? `Level ${i}, you` : `Level ${i}`}</b>
            <span>{credits(least)}</span>
          </li>
        ))}
      </ol>
    </>
  )
}
