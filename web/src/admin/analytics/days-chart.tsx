import type { RevenueDay } from '../../../../schema/analytics-http.ts'
import { money } from '../../format/money.ts'

const W = 1120
const H = 260
const PAD = { left: 92, right: 8, top: 12, bottom: 30 }
const LABELS_MAX = 12

/** What was wagered and won on each day, as bars, and what was left of it, as a line. */
export function DaysChart({ days, asset }: { days: readonly RevenueDay[]; asset: string }) {
  const of = (day: RevenueDay, key: 'wagered' | 'won' | 'net') => Number(day[key])
  const most = Math.max(1, ...days.flatMap((day) => [of(day, 'wagered'), of(day, 'won'), of(day, 'net')]))
  const least = Math.min(0, ...days.map((day) => of(day, 'net')))
  const y = (value: number) => PAD.top + ((H - PAD.top - PAD.bottom) * (most - value)) / (most - least)
  const step = (W - PAD.left - PAD.right) / Math.max(1, days.length)
  const x = (i: number) => PAD.left + step * i
  const labelled = Math.ceil(days.length / LABELS_MAX)
  const net = days.map((day, i) => `${x(i) + step / 2},${y(of(day, 'net'))}`).join(' ')
  return (
    <figure class="plot">
      <figcaption>
        <b>By day (UTC)</b>
        <span class="key seen">wagered</span>
        <span class="key gain">won</span>
        <span class="key expected">net</span>
      </figcaption>
      <svg viewBox={`0 0 ${W} ${H}`} role="img" aria-label={inWords(days, asset)} data-testid="days-chart">
        {[most, most / 2, 0, ...(least < 0 ? [least] : [])].map((value) => (
          <g key={value}>
            <line class="grid" x1={PAD.left} x2={W - PAD.right} y1={y(value)} y2={y(value)} />
            <text class="tick" x={PAD.left - 6} y={y(value) + 4} text-anchor="end">
              {money(BigInt(Math.round(value)), asset)}
            </text>
          </g>
        ))}
        {days.map((day, i) => (
          <g key={day.day}>
            <title>
              {`${day.day}: ${money(BigInt(day.wagered), asset)} wagered, ${money(BigInt(day.won), asset)} won, ` +
                `${money(BigInt(day.net), asset)} net, ${day.users} users`}
            </title>
            <rect class="bar" {...barOf(x(i) + step * 0.1, step * 0.36, y(of(day, 'wagered')), y(0))} />
            <rect class="bar gain" {...barOf(x(i) + step * 0.52, step * 0.36, y(of(day, 'won')), y(0))} />
            {i % labelled === 0 && (
              <text class="tick" x={x(i) + step / 2} y={H - 8} text-anchor="middle">
                {day.day.slice(5)}
              </text>
            )}
          </g>
        ))}
        <polyline class="exact" fill="none" points={net} />
      </svg>
    </figure>
  )
}

function barOf(x: number, width: number, top: number, bottom: number) {
  return { x, width: Math.min(width, 60), y: top, height: Math.max(0, bottom - top) }
}

function inWords(days: readonly RevenueDay[], asset: string): string {
  const sum = days.reduce((total, { net }) => total + BigInt(net), 0n)
  return `${days.length} days; net ${money(sum, asset)}`
}
