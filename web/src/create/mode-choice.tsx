import { battleModes } from '../../../schema/battle-mode.ts'
import { isCrazy, isPeaceful, modeTexts } from '../mode/modes.ts'
import { chooseMode, options } from '../state/draft-options.ts'
import { Icon } from '../shell/icon.tsx'

/** The modes as cards, each with its rule. None is ever forbidden: what a mode cannot have is dropped on choosing it. */
export function ModeChoice() {
  const { mode: chosen, teamSize, borrowMax } = options.value
  return (
    <fieldset class="mode-choice">
      <legend class="label">Mode</legend>
      <div class="mode-cards">
        {battleModes.map((mode) => {
          const { name, icon, goal } = modeTexts[mode]
          const drops = isPeaceful(mode) && (teamSize > 1 || borrowMax > 0)
          return (
            <label
              key={mode}
              class={`mode-card ${isCrazy(mode) ? 'crazy' : ''}`}
              data-testid={`mode-${mode}`}
              title={drops ? 'Played alone and without borrowing' : undefined}
            >
              <input
                type="radio"
                name="mode"
                value={mode}
                checked={chosen === mode}
                onChange={() => chooseMode(mode)}
              />
              <span>
                <Icon name={icon} />
                <b>{name}</b>
                <small>{goal}</small>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
