import type { Rarity } from '../../../schema/box.ts'
import { boxArt } from '../art/box.ts'
import { itemArt } from '../art/item.ts'
import { credits } from '../format/credits.ts'
import { ago } from '../format/time.ts'
import { count } from '../format/words.ts'
import { now } from '../state/clock.ts'
import { feedOpen, type FeedLine } from '../state/feed.ts'

export function FeedItem({ line }: { line: FeedLine }) {
  const kind = line.type === 'drop' ? `drop ${line.best.rarity} ${line.big ? 'big' : ''}` : 'opened'
  return (
    <li class={`feed-item ${kind}`} data-testid="feed-item" data-type={line.type} data-seq={line.seq}>
      <a href={`/b/${line.battle}`} onClick={() => (feedOpen.value = false)}>
        {line.type === 'drop' ? <DropLine line={line} /> : <OpenedLine line={line} />}
      </a>
    </li>
  )
}

function DropLine({ line }: { line: FeedLine & { type: 'drop' } }) {
  const { best } = line
  return (
    <>
      <span class="feed-art">
        <img src={itemArt(best.sku, best.name, best.rarity as Rarity)} alt="" />
      </span>
      <span class="feed-text">
        {line.big && <span class="feed-big">Big win</span>}
        <b>{best.name}</b>
        <small>
          <span class="feed-who">{line.who}</span> {line.did} <em>{credits(BigInt(line.pot))}</em>
        </small>
      </span>
      <time dateTime={new Date(line.at_ms).toISOString()}>{ago(line.at_ms, now.value)}</time>
    </>
  )
}

function OpenedLine({ line }: { line: FeedLine & { type: 'opened' } }) {
  return (
    <>
      <span class="feed-art">
        <img src={boxArt(line.rounds[0]!)} alt="" />
      </span>
      <span class="feed-text">
        <b>New battle</b>
        <small>
          {line.mode} · {line.sides} · {count(line.rounds.length, 'round')} · {credits(BigInt(line.price))}
        </small>
      </span>
      <time dateTime={new Date(line.at_ms).toISOString()}>{ago(line.at_ms, now.value)}</time>
    </>
  )
}
