import { connection } from './connection.tsx'

/** A band below the header while a standing connection is down. */
export function Reconnecting() {
  if (connection.value === 'reconnecting') {
    return (
      <p class="band" role="status" data-testid="reconnecting">
        <i class="spinner" /> Reconnecting… What happens meanwhile is kept for you.
      </p>
    )
  }
  if (connection.value !== 'closed') return null
  return (
    <p class="band bad" role="status">
      The connection has ended.{' '}
      <button class="link" type="button" onClick={() => location.reload()}>
        Reload the page
      </button>
    </p>
  )
}
