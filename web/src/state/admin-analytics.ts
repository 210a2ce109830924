import { signal } from '@preact/signals'
import type { BoxFiguresBody, PartnerRevenue, Revenue } from '../../../schema/analytics-http.ts'
import type { ChargeBacks, Gifts, Shared, SignalKind, Velocity } from '../../../schema/fraud.ts'
import { sdk } from '../sdk.ts'
import { toastError } from './toast.ts'

const DAY_MS = 86_400_000

/** How far back the page looks. */
export const lookback = signal(30)
/** All of these are null until they are loaded. */
export const revenueFound = signal<Revenue | null>(null)
export const partnersFound = signal<PartnerRevenue['days'] | null>(null)
export const boxesFound = signal<readonly BoxFiguresBody[] | null>(null)
export const fraudFound = signal<Readonly<{
  velocity: Velocity['findings']
  shared: readonly Shared['groups'][number][]
  gifts: Gifts
  chargeBacks: ChargeBacks['users']
}> | null>(null)

const LOOKBACK_DAYS = { minute: 2, hour: 7, day: 7 } as const
const kinds: readonly SignalKind[] = ['payout', 'device', 'address']
const day = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10)

/** Loads what the house and partners have earned, and what boxes gave. */
export async function loadFigures(days: number): Promise<void> {
  lookback.value = days
  const now_ms = Date.now()
  const range = { from: day(now_ms - (days - 1) * DAY_MS), to: day(now_ms) }
  try {
    const { analytics } = sdk
    const [earned, theirs, given] = await Promise.all([
      analytics.revenue(range),
      analytics.partners(range),
      analytics.boxes(),
    ])
    revenueFound.value = earned
    partnersFound.value = theirs
    boxesFound.value = given
  } catch (error) {
    toastError(error)
  }
}

/** Loads what looks like fraud. */
export async function loadFraud(): Promise<void> {
  const { fraud } = sdk.analytics
  try {
    const units = ['minute', 'hour', 'day'] as const
    const [velocity, shared, gifts, chargeBacks] = await Promise.all([
      Promise.all(units.map((unit) => fraud.velocity({ unit, days: LOOKBACK_DAYS[unit] }))),
      Promise.all(kinds.map((kind) => fraud.shared(kind))),
      fraud.gifts(),
      fraud.chargeBacks(),
    ])
    fraudFound.value = {
      velocity: velocity.flat().toSorted((a, b) => b.at - a.at),
      shared: shared.flatMap(({ groups }) => groups),
      gifts,
      chargeBacks,
    }
  } catch (error) {
    toastError(error)
  }
}
