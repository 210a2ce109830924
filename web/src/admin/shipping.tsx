import type { StaffRedemption } from '../../../schema/wallet.ts'
import { dayTime } from '../format/time.ts'
import { shortId } from '../format/words.ts'
import { addressed, endRedemption, showAddress, toShip } from '../state/admin-payments.ts'
import { itemOf } from '../state/catalog.ts'
import { toastError } from '../state/toast.ts'

/** Things that players have sent home, to be packed. Looking at an address is an act of the staff, too. */
export function Shipping() {
  const all = toShip.value
  return (
    <section aria-labelledby="shipping-title">
      <h2 id="shipping-title">To be sent</h2>
      {all?.length === 0 && <p class="empty">Nothing waits.</p>}
      <ul class="offers">
        {all?.map((each) => (
          <Parcel key={each.id} redemption={each} />
        ))}
      </ul>
    </section>
  )
}

function Parcel({ redemption }: { redemption: StaffRedemption }) {
  const { id, user, asset, count, at } = redemption
  const shown = addressed.value?.id === id ? addressed.value.address : undefined
  return (
    <li data-testid="parcel">
      <span class="offer-thing">
        <span>
          <b>
            {count} × {itemOf(asset.replace(/^item:/, '')).name}
          </b>
          <small>
            <a href={`/staff/users/${user}`}>{shortId(user)}</a> · {dayTime(at)}
          </small>
          {shown && (
            <address>
              {[shown.name, ...shown.lines, `${shown.postcode} ${shown.city}`, shown.country].join(', ')}
            </address>
          )}
          {shown === null && <small>The address was erased.</small>}
        </span>
      </span>
      <button class="button small" type="button" onClick={() => void showAddress(redemption).catch(toastError)}>
        Address
      </button>
      <button class="button small primary" type="button" onClick={() => void endRedemption(redemption, 'ship')}>
        Sent
      </button>
      <button class="button small" type="button" onClick={() => void endRedemption(redemption, 'void')}>
        Give back
      </button>
    </li>
  )
}
