import { LOCALE } from '../format/locale.ts'

/** How many of a limited item can still be won. */
export function LeftBadge({ left, name, testId }: { left: string; name?: string; testId?: string }) {
  const gone = left === '0'
  const words = gone ? 'None left: paid in credits' : `${BigInt(left).toLocaleString(LOCALE)} left`
  return (
    <span
      class={`badge left-badge ${gone ? 'gone' : ''}`}
      title={name === undefined ? undefined : `${name}: ${words}`}
      data-testid={testId}
    >
      {words}
    </span>
  )
}
