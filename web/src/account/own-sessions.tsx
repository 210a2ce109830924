import { useEffect, useState } from 'preact/hooks'
import type { OwnSessions as Sessions } from '../../../schema/sign-in.ts'
import { deviceName } from '../format/device.ts'
import { dayTime } from '../format/time.ts'
import { sdk } from '../sdk.ts'
import { toastError } from '../state/toast.ts'

/** Where one is signed in, each to be ended from here. */
export function OwnSessions() {
  const [sessions, setSessions] = useState<Sessions['sessions'] | null>(null)
  const load = () => sdk.account.sessions().then(setSessions, toastError)
  useEffect(() => void load(), [])
  return (
    <section aria-labelledby="sessions-title">
      <h2 id="sessions-title">Where you are signed in</h2>
      {sessions === null ? (
        <p class="empty">Loading…</p>
      ) : (
        <ul class="own-sessions" data-testid="own-sessions">
          {sessions.map(({ id, device, createdAt, current }) => (
            <li key={id}>
              <span>
                <b>{deviceName(device)}</b>
                <small>since {dayTime(createdAt)}</small>
              </span>
              {current ? (
                <small>This one</small>
              ) : (
                <button
                  class="button small"
                  type="button"
                  onClick={() => void sdk.account.endSession(id).then(load, toastError)}
                >
                  End
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
