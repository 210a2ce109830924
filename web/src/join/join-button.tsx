import { useState } from 'preact/hooks'
import { rules } from '../../../client-sdk/rules.ts'
import { credits } from '../format/credits.ts'
import { level, purse } from '../state/session.ts'
import { JoinDialog } from './join-dialog.tsx'

type Props = Readonly<{
  entry: bigint
  borrowMax: number
  minLevel: number
  /** Whether it cannot be joined at this moment. */
  off?: boolean
  testId: string
  /** What the button says when one may join. */
  words: string
  onJoin: (borrow: number) => void
}>

/** Takes a seat. Where the house lends, it asks first how much of it; where one cannot join, it says why. */
export function JoinButton({ entry, borrowMax, minLevel, off = false, testId, words, onJoin }: Props) {
  const [asking, setAsking] = useState(false)
  const least = entry - rules.percentOf(entry, borrowMax)
  const low = level.value !== null && level.value < minLevel
  const short = purse.value !== null && purse.value < least
  const problem = low
    ? `Needs level ${minLevel}; you are level ${level.value}. Levels grow with what you play for.`
    : short
      ? `Your balance is too low: this seat costs ${credits(least)}`
      : undefined
  return (
    <>
      <button
        class="button primary"
        type="button"
        data-testid={testId}
        disabled={off || problem !== undefined}
        title={problem}
        onClick={() => (borrowMax > 0 ? setAsking(true) : onJoin(0))}
      >
        {low ? `Needs level ${minLevel}` : short ? 'Balance too low' : words}
      </button>
      {asking && (
        <JoinDialog
          entry={entry}
          borrowMax={borrowMax}
          onClose={() => setAsking(false)}
          onJoin={(borrow) => {
            setAsking(false)
            onJoin(borrow)
          }}
        />
      )}
    </>
  )
}
