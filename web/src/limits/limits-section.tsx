import { useEffect } from 'preact/hooks'
import type { LimitKind } from '../../../schema/limits.ts'
import { dayTime } from '../format/time.ts'
import { PLAY } from '../state/session.ts'
import { followLimits, ownLimits } from '../state/limits.ts'
import { Breaks } from './breaks.tsx'
import { LimitForm } from './limit-form.tsx'
import { PersonCard } from './person-card.tsx'

const REAL = 'USD'

const offered: readonly Readonly<{ kind: LimitKind; asset: string }>[] = [
  { kind: 'loss', asset: PLAY },
  { kind: 'loss', asset: REAL },
  { kind: 'deposit', asset: REAL },
  { kind: 'session', asset: 'minutes' },
]

/** What one lets oneself do: limits of a day, breaks, and who one is where real money asks for it. */
export function LimitsSection() {
  useEffect(followLimits, [])
  const own = ownLimits.value
  return (
    <section class="limits" aria-labelledby="limits-title" data-testid="limits">
      <h2 id="limits-title">Limits</h2>
      <p class="lead">
        Each for a day (UTC). Less holds at once, more only a day later. The ledger itself keeps them: no page can be
        talked out of them.
      </p>
      {own === null ? (
        <p class="empty">Loading…</p>
      ) : (
        <>
          {own.exclusion !== null && (
            <p class="problem" role="status" data-testid="excluded">
              You have excluded yourself until {dayTime(own.exclusion.until_ms)}. Until then you neither spend nor pay
              in; what you have can be paid out.
            </p>
          )}
          <div class="account-ways">
            {offered.map(({ kind, asset }) => (
              <LimitForm
                key={`${kind} ${asset}`}
                kind={kind}
                asset={asset}
                limit={own.limits.find((each) => each.kind === kind && each.asset === asset) ?? null}
              />
            ))}
          </div>
          <Breaks choices={own.choices} until_ms={own.exclusion?.until_ms ?? 0} />
        </>
      )}
      <PersonCard />
    </section>
  )
}
