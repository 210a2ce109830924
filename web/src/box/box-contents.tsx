import { useEffect } from 'preact/hooks'
import { boxArt } from '../art/box.ts'
import { credits, percentExact } from '../format/credits.ts'
import { boxName, contents, loadContents } from '../state/catalog.ts'
import { addBox, full } from '../state/draft.ts'
import { toastError } from '../state/toast.ts'
import { Prizes } from './prizes.tsx'
import { Dialog } from '../shell/dialog.tsx'

/** Everything that can come out of a box, with its odds. */
export function BoxContents({ id, onClose }: { id: string; onClose: () => void }) {
  useEffect(() => void loadContents(id).catch(toastError), [id])
  const box = contents.value.get(id)
  return (
    <Dialog title={boxName(id)} onClose={onClose}>
      {box === undefined ? (
        <p class="empty">Loading…</p>
      ) : (
        <>
          <div class="contents-head">
            <img src={boxArt(id)} alt="" />
            <dl>
              <div>
                <dt>Price</dt>
                <dd>{credits(BigInt(box.price))}</dd>
              </div>
              <div>
                <dt>Worth on average</dt>
                <dd>{credits(BigInt(box.expectedValue))}</dd>
              </div>
              <div>
                <dt>Gives back</dt>
                <dd>{percentExact(box.returnToPlayer)}</dd>
              </div>
            </dl>
            <button class="button primary" type="button" disabled={full.value} onClick={() => addBox(id)}>
              Add to battle
            </button>
          </div>
          <Prizes box={box} />
          <p class="hint">
            Version {box.version}. A battle commits to these exact contents, values and odds before it starts.
            {box.prizes.some(({ left }) => left !== undefined) &&
              ' Of a limited item a battle keeps as many as it could open; when too few are left, it pays their value instead.'}
          </p>
        </>
      )}
    </Dialog>
  )
}
