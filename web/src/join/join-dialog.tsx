import { useState } from 'preact/hooks'
import { rules } from '../../../client-sdk/rules.ts'
import { Slider } from '../create/slider.tsx'
import { credits } from '../format/credits.ts'
import { BORROW_STEP } from '../state/draft-options.ts'
import { purse } from '../state/session.ts'
import { Dialog } from '../shell/dialog.tsx'

type Props = Readonly<{ entry: bigint; borrowMax: number; onClose: () => void; onJoin: (borrow: number) => void }>

/** How much of the seat the house shall lend. */
export function JoinDialog({ entry, borrowMax, onClose, onJoin }: Props) {
  const [borrow, setBorrow] = useState(0)
  const lent = rules.percentOf(entry, borrow)
  const short = purse.value !== null && purse.value < entry - lent
  return (
    <Dialog title="Take a seat" onClose={onClose}>
      <div class="join-dialog">
        <Slider
          label="Borrow from the house"
          shown={borrow === 0 ? 'nothing' : `${borrow} %`}
          hint={`Up to ${borrowMax} % here. The house takes the same part of what you win.`}
          value={borrow}
          max={borrowMax}
          step={BORROW_STEP}
          testId="join-borrow"
          onPick={setBorrow}
        />
        <dl class="draft-total">
          <div>
            <dt>You keep</dt>
            <dd>{100 - borrow} % of your winnings</dd>
          </div>
          <div class="mine">
            <dt>You pay now</dt>
            <dd>{credits(entry - lent)}</dd>
          </div>
        </dl>
        <button
          class="button primary large"
          type="button"
          data-testid="join-confirm"
          disabled={short}
          onClick={() => onJoin(borrow)}
        >
          {short ? 'Balance too low: borrow more' : 'Take the seat'}
        </button>
      </div>
    </Dialog>
  )
}
