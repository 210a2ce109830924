import { boxArt } from '../art/box.ts'
import { count } from '../format/words.ts'
import { boxName } from '../state/catalog.ts'

/** The boxes of a battle, the same ones side by side put together: "3× Ember". At most `most` kinds are drawn. */
export function RoundsStrip({ rounds, most = 6 }: { rounds: readonly string[]; most?: number }) {
  const runs = groups(rounds)
  const shown = runs.slice(0, most)
  const label = runs.map(({ box, times }) => `${times} × ${boxName(box)}`).join(', ')
  return (
    <span class="strip" role="img" aria-label={`${count(rounds.length, 'round')}: ${label}`} title={label}>
      {shown.map(({ box, times }) => (
        <span key={box} class="strip-box">
          <img src={boxArt(box)} alt="" />
          {times > 1 && <b>×{times}</b>}
        </span>
      ))}
      {runs.length > most && <span class="strip-more">+{runs.length - most}</span>}
    </span>
  )
}

function groups(rounds: readonly string[]): readonly { box: string; times: number }[] {
  const times = new Map<string, number>()
  for (const box of rounds) times.set(box, (times.get(box) ?? 0) + 1)
  return [...times].map(([box, n]) => ({ box, times: n }))
}
