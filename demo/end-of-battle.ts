import type { BattleLink } from '../client-sdk/api.ts'

/** Resolves when the battle is settled or cancelled, when its link closes for good, or when `signal` aborts. */
export function endOf(link: BattleLink, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stops = [
      link.onChange(({ phase }) => (phase === 'settled' || phase === 'cancelled') && done()),
      link.onStatus((status) => status === 'closed' && done()),
    ]
    const done = (): void => {
      for (const stop of stops) stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    if (
      signal.aborted ||
      link.status === 'closed' ||
      link.state?.phase === 'settled' ||
      link.state?.phase === 'cancelled'
    )
      done()
  })
}
