import type { BoxStanding } from '../../../schema/box-admin.ts'

const words = { draft: 'Draft', offered: 'On offer', retired: 'Retired' } as const

/** Where a box stands, in two words at most, with its version. */
export function StandingBadge({ standing }: { standing: Pick<BoxStanding, 'state' | 'version'> }) {
  const { state, version } = standing
  return (
    <span class={`standing ${state}`} data-testid="standing" data-state={state}>
      {words[state]}
      {version !== null && <i>v{version}</i>}
    </span>
  )
}
