import { boxArt } from '../art/box.ts'
import { itemArt } from '../art/item.ts'
import { credits, percentExact } from '../format/credits.ts'
import type { BoxSummary } from '../../../schema/http.ts'
import { LeftBadge } from '../box/left-badge.tsx'
import { addBox, dropBox, full } from '../state/draft.ts'
import { Icon } from '../shell/icon.tsx'

type Props = Readonly<{ box: BoxSummary; taken: number; onLook: () => void }>

/** A box on the shelf: what it costs, what it gives back on average, the best thing in it. */
export function BoxCard({ box, taken, onLook }: Props) {
  const { best } = box
  return (
    <li class={`box-card ${taken > 0 ? 'taken' : ''}`}>
      <button class="box-look" type="button" onClick={onLook} aria-label={`What is in ${box.name}`}>
        <img class="box-art" src={boxArt(box.id)} alt="" />
        <img
          class={`box-best ${best.rarity}`}
          src={itemArt(best.sku, best.name, best.rarity)}
          alt=""
          title={`Best: ${best.name}`}
        />
        <span class="box-info">
          <Icon name="info" />
        </span>
        {box.limited?.slice(0, 1).map(({ sku, name, left }) => (
          <LeftBadge key={sku} left={left} name={name} />
        ))}
      </button>
      <h3>{box.name}</h3>
      <p class="box-facts">
        <span title="What the box gives back on average">{percentExact(box.returnToPlayer)} back</span>
        <span title={best.name}>up to {credits(BigInt(best.value))}</span>
      </p>
      <div class="box-buy">
        {taken > 0 && (
          <>
            <button
              class="step"
              type="button"
              aria-label={`One ${box.name} less`}
              data-testid={`drop-box-${box.id}`}
              onClick={() => dropBox(box.id)}
            >
              <Icon name="minus" />
            </button>
            <output aria-label={`${box.name} in your battle`}>{taken}</output>
          </>
        )}
        <button
          class="step add"
          type="button"
          disabled={full.value}
          data-testid={`add-box-${box.id}`}
          aria-label={`Add ${box.name} for ${credits(BigInt(box.price))}`}
          onClick={() => addBox(box.id)}
        >
          {taken === 0 && <span>{credits(BigInt(box.price))}</span>}
          <Icon name="plus" />
        </button>
      </div>
    </li>
  )
}
