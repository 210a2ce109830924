import type { HouseEdge } from '../../../schema/box-admin.ts'
import { percent, percentExact } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { editing, look } from '../state/admin-boxes.ts'

/** What the contents come to, exactly and as they are typed. */
export function Figures() {
  const { draft, contents } = editing.value!
  const edge = look.value?.edge ?? null
  const { min, max } = draft.bounds
  const isWithin = edge !== null && edge.returnToPlayer >= min && edge.returnToPlayer <= max
  return (
    <section class="admin-panel figures" aria-label="Figures" aria-live="polite">
      <p class="label">
        Return to player{' '}
        <small>
          allowed: {percentExact(min)} to {percentExact(max)}
        </small>
      </p>
      <b class={`figure ${edge === null ? '' : isWithin ? 'up' : 'down'}`} data-testid="live-return">
        {edge === null ? '–' : percentFine(edge.returnToPlayer)}
      </b>
      {edge && <Details edge={edge} asset={contents.asset} />}
    </section>
  )
}

function Details({ edge, asset }: { edge: HouseEdge; asset: string }) {
  return (
    <>
      <dl class="figure-list">
        <dt>Expected value</dt>
        <dd data-testid="live-value">{exactMoney(edge, asset)}</dd>
        <dt>House edge</dt>
        <dd>{percentFine(edge.houseEdge)}</dd>
        <dt>Standard deviation</dt>
        <dd>{money(BigInt(Math.round(edge.deviation)), asset)}</dd>
        <dt>Worth the price or more</dt>
        <dd>{percentFine(edge.worthwhile)}</dd>
      </dl>
      <ul class="rarity-shares">
        {edge.rarities
          .filter(({ chance }) => chance > 0)
          .map(({ rarity, chance, returned }) => (
            <li key={rarity} class={rarity}>
              <span class="rarity-word">{rarity}</span>
              <span class="share-bar" title={`${percentExact(returned)} of what comes back`}>
                <i style={{ width: `${returned * 100}%` }} />
              </span>
              <span class="number">{percent(chance)}</span>
            </li>
          ))}
      </ul>
      <p class="hint">Bars: share of what comes back. Figures: chance.</p>
    </>
  )
}

/** To a hundredth of a smallest unit; the fraction itself stands in the report. */
function exactMoney({ expectedValue: { numerator, denominator } }: HouseEdge, asset: string): string {
  const [n, d] = [BigInt(numerator), BigInt(denominator)]
  const isWhole = n % d === 0n
  return `${isWhole ? '' : '≈ '}${money((2n * n + d) / (2n * d), asset)}`
}

/** `92.86%`: near the bounds a tenth of a percent is too coarse. */
export function percentFine(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}
