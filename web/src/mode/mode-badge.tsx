import type { BattleMode } from '../../../schema/battle-mode.ts'
import { Icon } from '../shell/icon.tsx'
import { isCrazy, modeTexts } from './modes.ts'

/** The name of a mode, with its rule where one points at it. */
export function ModeBadge({ mode, testId }: { mode: BattleMode; testId?: string }) {
  const { name, icon, rule } = modeTexts[mode]
  return (
    <span class={`badge mode-badge ${isCrazy(mode) ? 'crazy' : ''}`} title={rule} data-testid={testId} data-mode={mode}>
      <Icon name={icon} /> {name}
    </span>
  )
}

type Options = Readonly<{ sponsor: number; minLevel: number; borrowMax: number }>

/** The options of a battle that matter to whoever thinks of joining. */
export function OptionBadges({ sponsor, minLevel, borrowMax }: Options) {
  return (
    <>
      {sponsor > 0 && (
        <span class="badge good" title={`The creator pays ${sponsor} % of every other player’s seat`}>
          <Icon name="gift" /> {sponsor === 100 ? 'Free seats' : `${sponsor} % off`}
        </span>
      )}
      {minLevel > 0 && (
        <span class="badge" title={`Only players of level ${minLevel} and up can join`}>
          Level {minLevel}+
        </span>
      )}
      {borrowMax > 0 && (
        <span class="badge" title={`The house lends up to ${borrowMax} % of a seat and takes as much of the winnings`}>
          Borrow to {borrowMax} %
        </span>
      )}
    </>
  )
}
