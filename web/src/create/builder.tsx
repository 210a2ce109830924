import { signal } from '@preact/signals'
import { playBoxes } from '../state/catalog.ts'
import { rounds } from '../state/draft.ts'
import { BoxContents } from '../box/box-contents.tsx'
import { BoxCard } from './box-card.tsx'
import { Draft } from './draft.tsx'

const looking = signal<string | null>(null)

/** The shelf of boxes and, once one is taken, the battle they make. */
export function Builder() {
  const shelf = playBoxes.value
  return (
    <section class="builder" aria-labelledby="builder-title">
      <header class="section-head">
        <div>
          <h2 id="builder-title">Start a battle</h2>
          <p class="lead">Pick the boxes. Everyone opens the same ones. Then choose how the winner is found.</p>
        </div>
      </header>
      <ul class="shelf" aria-label="Boxes">
        {shelf === null
          ? [0, 1, 2, 3, 4].map((i) => <li key={i} class="box-card skeleton" aria-hidden="true" />)
          : shelf.map((box) => (
              <BoxCard
                key={box.id}
                box={box}
                taken={rounds.value.filter((id) => id === box.id).length}
                onLook={() => (looking.value = box.id)}
              />
            ))}
      </ul>
      {rounds.value.length > 0 && <Draft />}
      {looking.value !== null && <BoxContents id={looking.value} onClose={() => (looking.value = null)} />}
    </section>
  )
}
