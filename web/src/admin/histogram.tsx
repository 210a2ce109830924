import type { Simulation } from '../../../schema/box-admin.ts'
import { percent } from '../format/credits.ts'

type Bins = Simulation['histogram']

const W = 560
const H = 300
const PAD = { left: 52, right: 8, top: 12, bottom: 58 }

/** How often an opening is worth how much of the price: drawn beside exact, on a scale of powers of ten. */
export function Histogram({ bins }: { bins: Bins }) {
  const least = Math.min(...bins.flatMap(({ expected, seen }) => [expected, seen].filter((share) => share > 0)))
  const floor = Math.floor(Math.log10(least))
  const y = (share: number) => {
    const height = H - PAD.top - PAD.bottom
    const level = share <= 0 ? 0 : (Math.log10(share) - floor) / -floor
    return PAD.top + height * (1 - Math.max(0, level))
  }
  const step = (W - PAD.left - PAD.right) / bins.length
  const decades = Array.from({ length: -floor + 1 }, (_, i) => 10 ** (floor + i))
  return (
    <figure class="plot">
      <figcaption>
        <b>Worth of an opening, in prices</b>
        <span class="key seen">simulated</span>
        <span class="key expected">exact</span>
      </figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={inWords(bins)} data-testid="histogram">
        {decades.map((share) => (
          <g key={share}>
            <line class="grid" x1={PAD.left} x2={W - PAD.right} y1={y(share)} y2={y(share)} />
            <text class="tick" x={PAD.left - 6} y={y(share) + 4} text-anchor="end">
              {percent(share)}
            </text>
          </g>
        ))}
        {bins.map(({ from, to, seen, expected }, i) => {
          const x = PAD.left + step * i
          return (
            <g key={from}>
              <title>{`${rangeWords(from, to)}: ${percent(seen)} simulated, ${percent(expected)} exact`}</title>
              {seen > 0 && (
                <rect
                  class={`bar ${from >= 1 ? 'gain' : ''}`}
                  x={x + step * 0.16}
                  width={step * 0.68}
                  y={y(seen)}
                  height={y(0) - y(seen)}
                />
              )}
              {expected > 0 && (
                <line class="exact" x1={x + step * 0.06} x2={x + step * 0.94} y1={y(expected)} y2={y(expected)} />
              )}
              <text
                class="tick"
                transform={`translate(${x + step / 2 + 4} ${H - PAD.bottom + 12}) rotate(-45)`}
                text-anchor="end"
              >
                {rangeWords(from, to)}
              </text>
            </g>
          )
        })}
      </svg>
    </figure>
  )
}

function rangeWords(from: number, to: number | null): string {
  return to === null ? `${from}× +` : `${from}–${to}×`
}

function inWords(bins: Bins): string {
  return bins.map(({ from, to, seen }) => `${rangeWords(from, to)} the price: ${percent(seen)}`).join('; ')
}
