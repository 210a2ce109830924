import { useEffect, useState } from 'preact/hooks'
import { money, moneyName } from '../../format/money.ts'
import { roles } from '../../state/admin.ts'
import {
  boxesFound,
  loadFigures,
  loadFraud,
  lookback,
  partnersFound,
  revenueFound,
} from '../../state/admin-analytics.ts'
import { BoxReturns } from './box-returns.tsx'
import { DaysChart } from './days-chart.tsx'
import { Fraud } from './fraud.tsx'
import { PartnerTable } from './partner-table.tsx'

const LOOKBACKS = [7, 30, 90, 365]

/** What has been earned, what boxes gave, and what looks like fraud. */
export function Analytics() {
  const seesFraud = roles.value.includes('support') || roles.value.includes('admin')
  useEffect(() => {
    void loadFigures(lookback.value)
    if (seesFraud) void loadFraud()
  }, [seesFraud])
  return (
    <>
      <header class="section-head">
        <h1>Analytics</h1>
        <div class="admin-actions" role="group" aria-label="How far back">
          {LOOKBACKS.map((days) => (
            <button
              key={days}
              class="button small"
              type="button"
              aria-pressed={lookback.value === days}
              onClick={() => void loadFigures(days)}
            >
              {days} days
            </button>
          ))}
        </div>
      </header>
      <Earned />
      {boxesFound.value !== null && <BoxReturns boxes={boxesFound.value} />}
      {partnersFound.value !== null && partnersFound.value.length > 0 && <PartnerTable days={partnersFound.value} />}
      {seesFraud && <Fraud />}
    </>
  )
}

const rows = [
  ['Wagered', 'wagered'],
  ['Won', 'won'],
  ['Gross', 'gross'],
  ['Fees', 'fees'],
  ['Granted', 'granted'],
  ['Commission', 'commission'],
  ['Net', 'net'],
  ['Paid in', 'deposited'],
  ['Paid out', 'withdrawn'],
  ['Given back', 'refunded'],
  ['Charged back', 'reversed'],
] as const

function Earned() {
  const [chosen, setChosen] = useState<string | null>(null)
  const found = revenueFound.value
  if (found === null) return <p class="empty">Loading…</p>
  if (found.total.length === 0) return <p class="empty">Nothing was played in these days.</p>
  const sum = found.total.find(({ asset }) => asset === chosen) ?? found.total[0]!
  const { asset } = sum
  return (
    <section class="admin-panel" aria-label="Revenue">
      <header class="section-head">
        <h2>Revenue</h2>
        <div class="admin-actions" role="group" aria-label="Money">
          {found.total.map((each) => (
            <button
              key={each.asset}
              class="button small"
              type="button"
              aria-pressed={each.asset === asset}
              onClick={() => setChosen(each.asset)}
            >
              {moneyName(each.asset)}
            </button>
          ))}
        </div>
      </header>
      <DaysChart days={found.days.filter((day) => day.asset === asset)} asset={asset} />
      <dl class="revenue-list" data-testid="revenue-total">
        {rows.map(([name, key]) => (
          <div key={key}>
            <dt>{name}</dt>
            <dd class={key === 'net' || key === 'gross' ? (sum[key].startsWith('-') ? 'down' : 'up') : ''}>
              {money(BigInt(sum[key]), asset)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
