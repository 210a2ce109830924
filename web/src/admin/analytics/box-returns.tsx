import type { BoxFiguresBody } from '../../../../schema/analytics-http.ts'
import { percentExact } from '../../format/credits.ts'
import { LOCALE } from '../../format/locale.ts'
import { money } from '../../format/money.ts'

const W = 260
const H = 28
const PAD = 8

/** What each box gave back, beside the band in which its exact odds let it lie. */
export function BoxReturns({ boxes }: { boxes: readonly BoxFiguresBody[] }) {
  const opened = boxes.filter(({ openings }) => openings > 0)
  return (
    <section class="admin-panel" aria-label="Return to player">
      <h2>Return to player</h2>
      <p class="lead">
        The band is where 95 of 100 fair histories of so many openings end; with a rare large prize that takes many of
        them.
      </p>
      {opened.length === 0 ? (
        <p class="empty">No box was opened yet.</p>
      ) : (
        <div class="table-wrap">
          <table class="table" data-testid="box-returns">
            <thead>
              <tr>
                <th scope="col">Box</th>
                <th scope="col" class="number">
                  Openings
                </th>
                <th scope="col" class="number">
                  Paid
                </th>
                <th scope="col" class="number">
                  Returned
                </th>
                <th scope="col" class="number">
                  Expected
                </th>
                <th scope="col">Band</th>
              </tr>
            </thead>
            <tbody>
              {opened.map((box) => (
                <tr key={box.box + box.asset}>
                  <td>
                    <a href={`/staff/boxes/${box.box}`}>{box.box}</a>
                  </td>
                  <td class="number">{box.openings.toLocaleString(LOCALE)}</td>
                  <td class="number">{money(BigInt(box.paid), box.asset)}</td>
                  <td class={`number ${box.outside ? 'down' : ''}`}>
                    {share(box.returnToPlayer)}
                    {box.outside && ' outside'}
                  </td>
                  <td class="number">{share(box.expected)}</td>
                  <td>
                    <Band box={box} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

const share = (value: number | null): string => (value === null ? '–' : percentExact(value))

function Band({ box: { returnToPlayer, expected, low, high, outside } }: { box: BoxFiguresBody }) {
  if (returnToPlayer === null || expected === null || low === null || high === null) return <span>–</span>
  const [from, to] = [Math.min(low, returnToPlayer), Math.max(high, returnToPlayer)]
  const x = (value: number) => PAD + ((W - 2 * PAD) * (value - from)) / (to - from || 1)
  const words = `${share(returnToPlayer)} returned; between ${share(low)} and ${share(high)} expected`
  return (
    <svg class="return-band" viewBox={`0 0 ${W} ${H}`} width={W} height={H} role="img" aria-label={words}>
      <title>{words}</title>
      <line class="grid" x1={PAD} x2={W - PAD} y1={H / 2} y2={H / 2} />
      <rect class="band-range" x={x(low)} width={Math.max(2, x(high) - x(low))} y={H / 2 - 6} height={12} rx={3} />
      <line class="exact" x1={x(expected)} x2={x(expected)} y1={4} y2={H - 4} />
      <circle class={outside ? 'band-at down' : 'band-at'} cx={x(returnToPlayer)} cy={H / 2} r={5} />
    </svg>
  )
}
