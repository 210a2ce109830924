import type { ItemPrices } from '../../../schema/market.ts'
import { money } from '../format/money.ts'

const WIDTH = 640
const HEIGHT = 180
const PAD = { left: 64, right: 8, top: 12, bottom: 24 }

/** Each day's prices as a bar from low to high with its close, and how many were sold below it. */
export function PriceChart({ prices }: { prices: ItemPrices }) {
  const { days, money: asset } = prices
  if (days.length === 0) return <p class="empty">Nobody has sold one yet.</p>
  const top = Math.max(...days.map(({ high }) => Number(high))) * 1.05
  const low = Math.min(...days.map(({ low: least }) => Number(least))) * 0.95
  const most = Math.max(...days.map(({ volume }) => volume))
  const step = (WIDTH - PAD.left - PAD.right) / days.length
  const y = (value: number) => PAD.top + ((top - value) / (top - low || 1)) * (HEIGHT - PAD.top - PAD.bottom)
  const x = (i: number) => PAD.left + step * (i + 0.5)
  const line = days.map(({ close }, i) => `${i === 0 ? 'M' : 'L'}${x(i).toFixed(1)} ${y(Number(close)).toFixed(1)}`)
  const label = `Prices of ${days.length} days, the last one ${money(BigInt(days.at(-1)!.close), asset)}`
  return (
    <svg class="price-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[top / 1.05, low / 0.95].map((value) => (
        <g key={value}>
          <line class="grid" x1={PAD.left} x2={WIDTH - PAD.right} y1={y(value)} y2={y(value)} />
          <text x={PAD.left - 8} y={y(value) + 4} text-anchor="end">
            {money(BigInt(Math.round(value)), asset)}
          </text>
        </g>
      ))}
      {days.map(({ day, high, low: least, volume }, i) => (
        <g key={day}>
          <title>{`${day}: ${volume} sold`}</title>
          <rect
            class="volume"
            x={x(i) - Math.min(step, 28) * 0.35}
            width={Math.min(step, 28) * 0.7}
            y={HEIGHT - PAD.bottom - (volume / most) * 36}
            height={(volume / most) * 36}
          />
          <line class="range" x1={x(i)} x2={x(i)} y1={y(Number(high))} y2={y(Number(least))} />
        </g>
      ))}
      <path class="close" d={line.join(' ')} />
      {days.map(({ day, close }, i) => (
        <circle key={day} class="dot" cx={x(i)} cy={y(Number(close))} r="3.5" />
      ))}
      <text x={PAD.left} y={HEIGHT - 6}>
        {days[0]!.day}
      </text>
      {days.length > 1 && (
        <text x={WIDTH - PAD.right} y={HEIGHT - 6} text-anchor="end">
          {days.at(-1)!.day}
        </text>
      )}
    </svg>
  )
}
