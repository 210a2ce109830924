import type { BoxReport, Simulation } from '../../../schema/box-admin.ts'
import { percent } from '../format/credits.ts'
import { LOCALE } from '../format/locale.ts'
import { beginReport, editing, isChanged, issues, report } from '../state/admin-boxes.ts'
import { percentFine } from './figures.tsx'
import { Histogram } from './histogram.tsx'
import { RunningReturn } from './running-return.tsx'

const whole = (n: number) => n.toLocaleString(LOCALE)

/** The report on the draft: what it is worth for sure, and what millions of openings gave. */
export function ReportView() {
  const found = report.value
  return (
    <section class="admin-panel report" aria-label="Report">
      <header class="section-head">
        <div>
          <h2>House-edge report</h2>
          <p class="lead">Exact figures, checked against millions of openings drawn as real ones are.</p>
        </div>
        <Begin found={found} />
      </header>
      {found === null ? (
        <p class="empty">No report on this draft yet. Only a draft with one can be published.</p>
      ) : (
        <Found report={found} />
      )}
    </section>
  )
}

function Begin({ found }: { found: BoxReport | null }) {
  const { draft } = editing.value!
  const isDone = found?.state === 'done' && found.simulation?.agrees === true && !isChanged.value
  const isUnfit = issues.value.some(({ level, path }) => level === 'error' && path !== '')
  if (isDone || (!draft.saved && !isChanged.value)) return null
  return (
    <button
      class="button"
      type="button"
      data-testid="begin-report"
      disabled={found?.state === 'running' || isUnfit}
      onClick={() => void beginReport()}
    >
      {isChanged.value ? 'Save and report' : found && found.state !== 'running' ? 'Draw again' : 'Report'}
    </button>
  )
}

function Found({ report: { exact, simulation, state, drawn, draws, seed } }: { report: BoxReport }) {
  return (
    <>
      {isChanged.value && <p class="hint">This is the report on the draft as it was saved.</p>}
      {state !== 'done' && (
        <p class="report-progress" role="status">
          <progress value={drawn} max={draws} />
          {state === 'broken' ? 'It was cut off.' : `${whole(drawn)} of ${whole(draws)} openings`}
        </p>
      )}
      {simulation && <Verdict simulation={simulation} exact={exact.returnToPlayer} seed={seed} />}
      {simulation && (
        <div class="plots">
          <Histogram bins={simulation.histogram} />
          <RunningReturn points={simulation.running} exact={exact.returnToPlayer} />
        </div>
      )}
      <Losses report={exact.houseLoses} fraction={exact.expectedValue} />
    </>
  )
}

function Verdict({ simulation, exact, seed }: { simulation: Simulation; exact: number; seed: string }) {
  const { agrees, draws, returnToPlayer, sigmas, worst } = simulation
  return (
    <div class={`report-verdict ${agrees ? 'good' : 'bad'}`} data-testid="report-verdict" data-agrees={agrees}>
      <p>
        <b>{agrees ? 'They agree.' : 'They do not agree.'}</b> Of {whole(draws)} openings {percentFine(returnToPlayer)}{' '}
        came back; exactly it is {percentFine(exact)}. That is {Math.abs(sigmas).toFixed(1)} standard errors apart
        {worst && `; the prize that differs most, ${worst.sku}, by ${Math.abs(worst.sigmas).toFixed(1)}`}. Up to 5 is
        chance.
      </p>
      <small>
        Seed <code>{seed}</code>
      </small>
    </div>
  )
}

type LossesProps = Readonly<{
  report: BoxReport['exact']['houseLoses']
  fraction: BoxReport['exact']['expectedValue']
}>

function Losses({ report: rows, fraction: { numerator, denominator } }: LossesProps) {
  return (
    <div class="report-losses">
      <h3>That the house has lost after</h3>
      <ul>
        {rows.map(({ openings, chance }) => (
          <li key={openings}>
            <span>{whole(openings)}</span>
            <b>{chance < 1e-6 ? '< 0.0001%' : percent(chance)}</b>
          </li>
        ))}
      </ul>
      <p class="hint">
        Openings, by the normal approximation: for few openings of a box with a rare and dear prize only a hint. The
        expected value is exactly {numerator}
        {denominator !== '1' && ` / ${denominator}`} smallest units.
      </p>
    </div>
  )
}
