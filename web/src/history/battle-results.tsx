import { itemArt } from '../art/item.ts'
import { credits, creditsChange } from '../format/credits.ts'
import { dayTime } from '../format/time.ts'
import { count, shortId } from '../format/words.ts'
import { itemOf, type Item } from '../state/catalog.ts'
import type { Entry } from '../state/history.ts'
import { PLAY } from '../state/session.ts'
import { Icon } from '../shell/icon.tsx'

type Result = Readonly<{
  battle: string
  at: number
  paid: bigint
  won: readonly Readonly<{ item: Item; count: number }>[]
  refunded: boolean
  settled: boolean
}>

/** The player's battles, newest first: what each cost and what it brought. */
export function BattleResults({ entries }: { entries: readonly Entry[] }) {
  const results = resultsOf(entries)
  if (results.length === 0) return null
  return (
    <ul class="rows compact results">
      {results.map((result) => (
        <li key={result.battle} class="row done" data-testid="history-result">
          <a class="row-link" href={`/b/${result.battle}`}>
            <span class="row-winner">
              <span>
                <b>{verdict(result)}</b>
                <small>
                  #{shortId(result.battle)} · {dayTime(result.at)}
                </small>
              </span>
            </span>
            <span class="result-items">
              {result.won.slice(0, 5).map(({ item }) => (
                <img key={item.sku} src={itemArt(item.sku, item.name, item.rarity)} alt={item.name} title={item.name} />
              ))}
              {result.won.length > 0 && (
                <small>
                  {count(
                    result.won.reduce((n, each) => n + each.count, 0),
                    'item',
                  )}
                </small>
              )}
            </span>
            <span class="row-price">
              <small>
                {result.paid > 0n ? `Paid ${credits(result.paid)}` : result.settled ? 'Won in credits' : 'Refunded'}
              </small>
              <b class={net(result) < 0n ? 'down' : 'up'}>{creditsChange(net(result))}</b>
            </span>
            <Icon name="chevron" />
          </a>
        </li>
      ))}
    </ul>
  )
}

const worth = (result: Result) => result.won.reduce((total, { item, count: n }) => total + item.value * BigInt(n), 0n)
const net = (result: Result) => worth(result) - result.paid

function verdict(result: Result): string {
  if (result.settled) return 'Won'
  if (result.refunded) return 'Refunded'
  return 'Played'
}

function resultsOf(entries: readonly Entry[]): Result[] {
  const byBattle = Map.groupBy(
    entries.filter(({ battle }) => battle !== null),
    ({ battle }) => battle!,
  )
  return [...byBattle].map(([battle, own]) => {
    const money = own.filter(({ asset }) => asset === PLAY)
    const settled = own.some(({ kind }) => kind === 'battle.settle')
    const won = own.filter(({ asset, amount }) => asset !== PLAY && BigInt(amount) > 0n)
    return {
      battle,
      at: Math.max(...own.map(({ at }) => at)),
      paid: money.reduce((total, { amount }) => total - BigInt(amount), 0n),
      won: won.map(({ asset, amount }) => ({
        item: itemOf(asset.replace(/^(play:)?item:/, '')),
        count: Number(amount),
      })),
      refunded: money.some(
        ({ kind }) => kind === 'battle.cancel' || kind === 'battle.expire' || kind === 'battle.leave',
      ),
      settled,
    }
  })
}
