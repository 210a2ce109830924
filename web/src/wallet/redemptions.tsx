import type { Redemption, RedemptionStatus } from '../../../schema/wallet.ts'
import { dayTime } from '../format/time.ts'
import { itemOf } from '../state/catalog.ts'
import { cancelRedemption } from '../state/wallet.ts'

const words: Readonly<Record<RedemptionStatus, string>> = {
  held: 'Being packed',
  shipped: 'Sent',
  voided: 'Not sent, yours again',
  cancelled: 'Taken back',
}

/** Things on their way home. */
export function Redemptions({ redemptions }: { redemptions: readonly Redemption[] }) {
  if (redemptions.length === 0) return null
  return (
    <section aria-labelledby="redemptions-title">
      <h2 id="redemptions-title">Sent home</h2>
      <ul class="offers">
        {redemptions.map((each) => (
          <li key={each.id} data-testid="redemption" data-state={each.state}>
            <span class="offer-thing">
              <span>
                <b>
                  {each.count} × {itemOf(each.asset.replace(/^item:/, '')).name}
                </b>
                <small>
                  {words[each.state]} · {dayTime(each.at)}
                </small>
              </span>
            </span>
            {each.state === 'held' && (
              <button class="button small" type="button" onClick={() => void cancelRedemption(each)}>
                Take back
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
