import { ModeBadge, OptionBadges } from '../mode/mode-badge.tsx'
import { modeTexts } from '../mode/modes.ts'
import type { BattleView } from '../state/battle-view.ts'
import { itemOf } from '../state/catalog.ts'
import { Icon } from '../shell/icon.tsx'

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

/** Which items this battle pays in money, because too few of them were left when it started. */
export function StockNote({ view }: { view: BattleView }) {
  if (view.inMoney.length === 0) return null
  const names = view.inMoney.map((sku) => itemOf(sku).name).join(', ')
  return (
    <p class="hint stock-note" data-testid="stock-note">
      <Icon name="info" /> Too few were left to keep for this battle: {names}. What is opened of it is paid in credits,
      at its full value.
    </p>
  )
}
