import { useEffect, useState } from 'preact/hooks'
import { boxArt } from '../art/box.ts'
import { Prizes } from '../box/prizes.tsx'
import { percentExact } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { boxName, contents, loadContents } from '../state/catalog.ts'
import { clearStage, open, stage } from '../state/opening.ts'
import { balances, PLAY, purse } from '../state/session.ts'
import { toastError } from '../state/toast.ts'
import { DrawnItems } from './drawn-items.tsx'
import { Limits } from './limits.tsx'
import { OpeningReels } from './opening-reels.tsx'
import { OwnSeeds } from './own-seeds.tsx'
import { RecentOpenings } from './recent-openings.tsx'

const COUNTS = [1, 2, 3, 4, 5, 10]

/** One box to open alone: the reels, what came out, the odds, and the seeds all of it is drawn with. */
export function OpenPage({ box }: { box: string }) {
  const [count, setCount] = useState(1)
  useEffect(() => {
    clearStage()
    loadContents(box).catch(toastError)
    return clearStage
  }, [box])
  const known = contents.value.get(box)
  const price = known ? BigInt(known.price) * BigInt(count) : null
  const isBusy = stage.value.type === 'spin' || stage.value.type === 'land'
  const paidWith = known?.asset ?? PLAY
  const isShort = price !== null && purse.value !== null && (balances.value.get(paidWith) ?? 0n) < price
  return (
    <div class="page opening">
      <nav class="crumbs" aria-label="Where you are">
        <a href="/open">Boxes</a> <span aria-hidden="true">/</span> {boxName(box)}
      </nav>
      <header class="opening-head">
        <img src={boxArt(box)} alt="" />
        <div>
          <h1>{boxName(box)}</h1>
          {known && (
            <p class="lead">
              {money(BigInt(known.price), known.asset)} each · worth {money(BigInt(known.expectedValue), known.asset)}{' '}
              on average · {percentExact(known.returnToPlayer)} back
            </p>
          )}
        </div>
      </header>
      <OpeningReels box={box} count={count} />
      <div class="opening-actions">
        <fieldset class="choices" disabled={isBusy}>
          <legend class="sr-only">How many</legend>
          {COUNTS.map((each) => (
            <label key={each}>
              <input type="radio" name="count" checked={count === each} onChange={() => setCount(each)} />
              <span data-testid={`count-${each}`}>{each}</span>
            </label>
          ))}
        </fieldset>
        <button
          class="button primary large"
          type="button"
          data-testid="open-now"
          disabled={price === null || isBusy || isShort}
          onClick={() => void open(box, count)}
        >
          {isBusy
            ? 'Opening…'
            : price === null
              ? 'Loading…'
              : `Open ${count === 1 ? '' : `${count} `}for ${money(price, paidWith)}`}
        </button>
        {isShort && <span class="hint">Your balance is too low for this.</span>}
      </div>
      <DrawnItems />
      <section aria-labelledby="odds-title">
        <h2 id="odds-title">What can come out</h2>
        {known ? <Prizes box={known} /> : <p class="empty">Loading…</p>}
      </section>
      <OwnSeeds />
      <RecentOpenings />
      <Limits />
    </div>
  )
}
