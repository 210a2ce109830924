import type { ComponentChildren } from 'preact'
import type { Rarity } from '../../../schema/box.ts'
import { boxArt } from '../art/box.ts'
import { itemArt } from '../art/item.ts'
import { credits } from '../format/credits.ts'
import { money } from '../format/money.ts'
import { ago } from '../format/time.ts'
import { count, shortId } from '../format/words.ts'
import { boxName } from '../state/catalog.ts'
import { Icon } from '../shell/icon.tsx'
import { now } from '../state/clock.ts'
import { feedOpen } from '../state/feed.ts'
import type { DropLine, FeedLine, OpenedLine, OpeningLine, RefixedLine, SaleLine } from './line.ts'

/** One line of the feed; `missed` marks those that came while the reader was away. */
export function FeedItem({ line, missed = false }: { line: FeedLine; missed?: boolean }) {
  const kind = 'best' in line ? `drop ${line.best.rarity} ${line.big ? 'big' : ''}` : 'opened'
  const path = pathOf(line)
  return (
    <li
      class={`feed-item ${kind} ${missed ? 'was-missed' : ''}`}
      data-testid="feed-item"
      data-type={line.type}
      data-seq={line.seq}
    >
      <a href={path} onClick={() => (feedOpen.value = false)}>
        <Line line={line} />
        <time dateTime={new Date(line.at_ms).toISOString()}>{ago(line.at_ms, now.value)}</time>
      </a>
    </li>
  )
}

function pathOf(line: FeedLine): string {
  if (line.type === 'sale') return `/market/${encodeURIComponent(line.asset)}`
  return line.type === 'opening' ? `/open/${line.box}` : `/b/${line.battle}`
}

function Line({ line }: { line: FeedLine }) {
  switch (line.type) {
    case 'drop':
      return <Drop line={line} />
    case 'opened':
      return <Opened line={line} />
    case 'opening':
      return <Opening line={line} />
    case 'refixed':
      return <Refixed line={line} />
    case 'sale':
      return <Sale line={line} />
    default:
      return line satisfies never
  }
}

function Prize({
  best,
  big,
  children,
}: Pick<DropLine | OpeningLine, 'best' | 'big'> & { children: ComponentChildren }) {
  return (
    <>
      <span class="feed-art">
        <img src={itemArt(best.sku, best.name, best.rarity as Rarity)} alt="" />
      </span>
      <span class="feed-text">
        {big && <span class="feed-big">Big win</span>}
        <b>{best.name}</b>
        <small>{children}</small>
      </span>
    </>
  )
}

function Drop({ line }: { line: DropLine }) {
  return (
    <Prize best={line.best} big={line.big}>
      <span class="feed-who">{line.who}</span> {line.did} <em>{credits(BigInt(line.pot))}</em>
    </Prize>
  )
}

function Opening({ line }: { line: OpeningLine }) {
  const what = line.count === 1 ? boxName(line.box) : `${line.count} × ${boxName(line.box)}`
  return (
    <Prize best={line.best} big={line.big}>
      <span class="feed-who">{line.who}</span> opened {what} <em>{credits(BigInt(line.value))}</em>
    </Prize>
  )
}

function Opened({ line }: { line: OpenedLine }) {
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
    </>
  )
}

function Sale({ line }: { line: SaleLine }) {
  return (
    <>
      <span class="feed-art">
        <img src={itemArt(line.sku, line.name, line.rarity as Rarity)} alt="" />
      </span>
      <span class="feed-text">
        <b>{line.name}</b>
        <small>
          <span class="feed-who">{line.who}</span> bought it on the market for{' '}
          <em>{money(BigInt(line.price), line.money)}</em>
        </small>
      </span>
    </>
  )
}

/** Why a battle waits a little longer than was said at first. */
function Refixed({ line }: { line: RefixedLine }) {
  return (
    <>
      <span class="feed-art feed-mark">
        <Icon name="shield" />
      </span>
      <span class="feed-text">
        <b>A later round decides</b>
        <small>
          Battle #{shortId(line.battle)} was full too close to its public value: {line.drand ? 'drand ' : ''}round{' '}
          {line.round} decides instead
        </small>
      </span>
    </>
  )
}
