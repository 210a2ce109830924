import type { BoxItems } from '../../../schema/http.ts'
import { itemArt } from '../art/item.ts'
import { percent } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { LeftBadge } from './left-badge.tsx'

/** Everything that can come out of a box with its odds, dearest first. */
export function Prizes({ box }: { box: BoxItems }) {
  return (
    <ul class="contents">
      {box.prizes
        .toSorted((a, b) => Number(BigInt(b.value) - BigInt(a.value)))
        .map((prize) => (
          <li key={prize.sku} class={prize.rarity}>
            <img src={itemArt(prize.sku, prize.name, prize.rarity)} alt="" />
            <span>
              <b>{prize.name}</b>
              <small class="rarity-word">{prize.rarity}</small>
              {prize.left !== undefined && <LeftBadge left={prize.left} testId={`left-${prize.sku}`} />}
            </span>
            <span class="contents-value">{money(BigInt(prize.value), box.asset)}</span>
            <span class="contents-chance">{percent(prize.chance)}</span>
          </li>
        ))}
    </ul>
  )
}
