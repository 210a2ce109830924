import type { Opened } from '../../../schema/opening.ts'
import { credits } from '../format/credits.ts'
import { count } from '../format/words.ts'
import { boxName, itemOf } from '../state/catalog.ts'
import { itemArt } from '../art/item.ts'
import { changeSeeds, check, checks, recent } from '../state/opening.ts'
import { Icon } from '../shell/icon.tsx'
import { OpeningStages } from '../verify/opening-stages.tsx'

/** What was opened on this visit, each to be verified in this browser. */
export function RecentOpenings() {
  if (recent.value.length === 0) return null
  return (
    <section aria-labelledby="recent-openings">
      <h2 id="recent-openings">Opened just now</h2>
      <ul class="recent-openings">
        {recent.value.map((opened) => (
          <Row key={opened.opening} opened={opened} />
        ))}
      </ul>
    </section>
  )
}

function Row({ opened }: { opened: Opened }) {
  const { opening, box, drops, seedHash } = opened
  const worth = drops.reduce((sum, { value }) => sum + BigInt(value), 0n)
  const done = checks.value.get(opening)
  return (
    <li data-testid="recent-opening">
      <span class="result-items">
        {drops.slice(0, 6).map(({ nonce, sku }) => {
          const { name, rarity } = itemOf(sku)
          return <img key={nonce} src={itemArt(sku, name, rarity)} alt={name} title={`${name}, number ${nonce}`} />
        })}
      </span>
      <span>
        <b>
          {count(drops.length, 'box', 'boxes')} of {boxName(box)}
        </b>
        <small>
          {credits(worth)} · number {drops[0]!.nonce} of seed {seedHash.slice(0, 8)}…
        </small>
      </span>
      <button class="button small" type="button" data-testid="verify-opening" onClick={() => void check(opening)}>
        <Icon name="shield" /> Verify
      </button>
      <a class="button small" href={`/verify?opening=${opening}`} data-testid="opening-link">
        Link for others
      </a>
      {done && (
        <OpeningStages result={done.result}>
          {done.proof.serverSeed === null && (
            <li>
              <span>The server seed is still in use. Changing seeds reveals it.</span>
              <button
                class="button small"
                type="button"
                onClick={() => void changeSeeds(null).then(() => check(opening))}
              >
                Reveal and verify
              </button>
            </li>
          )}
        </OpeningStages>
      )}
    </li>
  )
}
