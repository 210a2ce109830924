import type { Simulation } from '../../../schema/box-admin.ts'
import { percentFine } from './figures.tsx'

type Points = Simulation['running']

const W = 560
const H = 300
const PAD = { left: 52, right: 12, top: 12, bottom: 58 }
/** The scale is that of what the band is after so many openings: before, anything may happen. */
const SCALE_FROM = 1_000

/** The return so far, opening by opening, on its way into the band where 95 % of all runs are. */
export function RunningReturn({ points, exact }: { points: Points; exact: number }) {
  const [first, last] = [points[0]!.draws, points.at(-1)!.draws]
  const scale = points.find(({ draws }) => draws >= SCALE_FROM) ?? points[0]!
  const reach = Math.max(1e-6, (scale.high - exact) * 1.6)
  const x = (draws: number) =>
    PAD.left + ((W - PAD.left - PAD.right) * Math.log(draws / first)) / Math.max(1e-9, Math.log(last / first))
  const y = (share: number) => {
    const within = Math.min(1, Math.max(-1, (share - exact) / reach))
    return PAD.top + ((H - PAD.top - PAD.bottom) * (1 - within)) / 2
  }
  const line = (of: 'returnToPlayer' | 'low' | 'high', from: Points) =>
    from.map((point) => `${x(point.draws).toFixed(1)},${y(point[of]).toFixed(1)}`).join(' ')
  return (
    <figure class="plot">
      <figcaption>
        <b>Return so far, by openings</b>
        <span class="key seen">simulated</span>
        <span class="key reach">95 % of all runs</span>
        <span class="key expected">exact</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        role="img"
        aria-label={`After ${last} openings ${percentFine(points.at(-1)!.returnToPlayer)}, exactly ${percentFine(exact)}`}
        data-testid="running-return"
      >
        <polygon class="band-area" points={`${line('low', points)} ${line('high', points.toReversed())}`} />
        {[-1, -0.5, 0, 0.5, 1].map((part) => (
          <g key={part}>
            <line
              class="grid"
              x1={PAD.left}
              x2={W - PAD.right}
              y1={y(exact + part * reach)}
              y2={y(exact + part * reach)}
            />
            <text class="tick" x={PAD.left - 6} y={y(exact + part * reach) + 4} text-anchor="end">
              {((exact + part * reach) * 100).toFixed(1)}
            </text>
          </g>
        ))}
        {powersWithin(first, last).map((power) => (
          <text key={power} class="tick" x={x(power)} y={H - PAD.bottom + 20} text-anchor="middle">
            {short(power)}
          </text>
        ))}
        <line class="exact" x1={PAD.left} x2={W - PAD.right} y1={y(exact)} y2={y(exact)} />
        <polyline class="line" points={line('returnToPlayer', points)} />
        <text class="tick" x={PAD.left} y={H - 10}>
          percent of the price; openings on a scale of powers of ten
        </text>
      </svg>
    </figure>
  )
}

function powersWithin(first: number, last: number): readonly number[] {
  const powers = Array.from({ length: 13 }, (_, i) => 10 ** i)
  return powers.filter((power) => power >= first && power <= last)
}

/** `10 k`, `1 M`. */
function short(n: number): string {
  if (n >= 1_000_000) return `${n / 1_000_000} M`
  return n >= 1_000 ? `${n / 1_000} k` : `${n}`
}
