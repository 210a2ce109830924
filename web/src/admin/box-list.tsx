import { useEffect, useState } from 'preact/hooks'
import type { BoxListed } from '../../../schema/box-admin.ts'
import { percentExact } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { sdk } from '../sdk.ts'
import { adminBoxes, loadAdminBoxes } from '../state/admin-boxes.ts'
import { go } from '../state/route.ts'
import { toastError } from '../state/toast.ts'
import { BoxFiles } from './box-files.tsx'
import { StandingBadge } from './standing-badge.tsx'

const ID = /^[a-z0-9][a-z0-9-]{0,47}$/

/** All boxes of the tenant, and the way to a new one. */
export function BoxList() {
  useEffect(() => void loadAdminBoxes(), [])
  const boxes = adminBoxes.value
  return (
    <>
      <header class="section-head">
        <h1>Boxes</h1>
        <NewBox />
      </header>
      {boxes === null ? (
        <p class="empty">Loading…</p>
      ) : boxes.length === 0 ? (
        <p class="empty">No box yet. Name the first one above, or import a file.</p>
      ) : (
        <Table boxes={boxes} />
      )}
      <BoxFiles />
    </>
  )
}

function NewBox() {
  const [id, setId] = useState('')
  const isTaken = adminBoxes.value?.some((box) => box.id === id) ?? false
  const begin = async () => {
    const prizes = [1, 2].map((n) => ({ sku: '', name: '', rarity: 'common', value: '0', weight: n }) as const)
    try {
      await sdk.admin.boxes.create(id, { name: '', asset: 'play:CREDIT', price: '0', prizes })
      go(`/staff/boxes/${id}`)
    } catch (error) {
      toastError(error)
    }
  }
  return (
    <form
      class="admin-new"
      onSubmit={(event) => {
        event.preventDefault()
        void begin()
      }}
    >
      <input
        value={id}
        placeholder="id-of-a-new-box"
        aria-label="Id of a new box"
        data-testid="new-box-id"
        onInput={(event) => setId(event.currentTarget.value.trim().toLowerCase())}
      />
      <button class="button primary" type="submit" data-testid="new-box" disabled={!ID.test(id) || isTaken}>
        New box
      </button>
    </form>
  )
}

function Table({ boxes }: { boxes: readonly BoxListed[] }) {
  return (
    <div class="table-wrap">
      <table class="table" data-testid="admin-boxes">
        <thead>
          <tr>
            <th scope="col">Box</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Price
            </th>
            <th scope="col" class="number">
              Return
            </th>
            <th scope="col" class="number wide">
              Prizes
            </th>
          </tr>
        </thead>
        <tbody>
          {boxes.map((box) => (
            <Row key={box.id} box={box} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ box }: { box: BoxListed }) {
  return (
    <tr data-testid={`admin-box-${box.id}`}>
      <td>
        <a class="admin-box-name" href={`/staff/boxes/${box.id}`}>
          <b>{box.name || box.id}</b>
          <small>{box.id}</small>
        </a>
      </td>
      <td>
        <StandingBadge standing={box} />
        {box.drafted && box.version !== null && <small class="admin-note">draft waits</small>}
        {box.publishAt !== null && <small class="admin-note">from {dayTime(box.publishAt)}</small>}
        {box.retireAt !== null && <small class="admin-note">until {dayTime(box.retireAt)}</small>}
      </td>
      <td class="number">{money(BigInt(box.price), box.asset)}</td>
      <td class="number">{box.returnToPlayer === null ? '–' : percentExact(box.returnToPlayer)}</td>
      <td class="number wide">{box.prizes}</td>
    </tr>
  )
}
