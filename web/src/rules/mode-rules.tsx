import { battleModes } from '../../../schema/battle-mode.ts'
import { isCrazy, modeTexts } from '../mode/modes.ts'
import { Icon } from '../shell/icon.tsx'

/** Every mode with its rule. */
export function ModeRules() {
  return (
    <>
      <h2>Modes</h2>
      <ul class="mode-rules">
        {battleModes.map((mode) => {
          const { name, icon, rule } = modeTexts[mode]
          return (
            <li key={mode} class={isCrazy(mode) ? 'crazy' : ''}>
              <Icon name={icon} />
              <h3>{name}</h3>
              <p>{rule}</p>
            </li>
          )
        })}
      </ul>
      <p>
        A jackpot’s ticket is drawn from the same seeds as every item, and checked with them. If nobody opened anything
        of worth, all sides have the same odds.
      </p>
      <h2>Teams and splits</h2>
      <ul>
        <li>Play alone with up to six, or as 2v2, 3v3 or 2v2v2. A team’s total is the sum of its seats.</li>
        <li>The winning team splits everything into equal shares. So does everyone in a shared battle.</li>
        <li>
          Shares are equal by worth, to the cent: items go to whoever still lacks the most. What fits nobody’s share is
          bought by the house at its published value, and paid out in credits.
        </li>
        <li>Cents that cannot be divided go to the lowest seats, one each.</li>
      </ul>
    </>
  )
}
