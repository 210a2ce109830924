import { ModeBadge, OptionBadges } from '../mode/mode-badge.tsx'
import { modeTexts } from '../mode/modes.ts'
import type { BattleView } from '../state/battle-view.ts'

/** How this battle is won, in one line, with its options. */
export function ModeLine({ view }: { view: BattleView }) {
  const team = view.teamSize > 1 ? ' A team wins and splits together.' : ''
  return (
    <p class="mode-line">
      <ModeBadge mode={view.mode} testId="mode-badge" />
      <OptionBadges {...view} />
      <span>
        {modeTexts[view.mode].rule}
        {team}
      </span>
    </p>
  )
}
