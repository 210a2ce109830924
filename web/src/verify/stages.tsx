import type { Verification } from '../../../client-sdk/api.ts'
import type { BattleProof } from '../../../schema/http.ts'
import { Icon } from '../shell/icon.tsx'
import { factsOf } from './facts.ts'
import { payoutWords } from './payout-words.ts'

const stages = [
  {
    name: 'seed',
    title: 'Seed',
    about: 'The server seed shown now is the one whose fingerprint was published before anyone joined.',
  },
  {
    name: 'randomness',
    title: 'Randomness',
    about: 'The public value was fixed in advance by its number and is the real one.',
  },
  {
    name: 'game',
    title: 'Game',
    about: 'Every item, round by round and seat by seat, follows from the seeds and the public value.',
  },
  { name: 'payout', title: 'Payout', about: '' },
] as const

/** The four stages of a check: what each one asks and, once computed, what was compared. */
export function Stages({ result, proof }: { result: Verification | 'running' | null; proof: BattleProof }) {
  const done = result !== null && result !== 'running' ? result : null
  return (
    <>
      <ol class="stages" aria-busy={result === 'running'}>
        {stages.map(({ name, title, about }, i) => {
          const stage = done?.stages.find((each) => each.name === name)
          const state = stage ? (stage.ok ? 'ok' : 'bad') : result === 'running' ? 'running' : 'open'
          return (
            <li
              key={name}
              class={state}
              style={{ '--i': String(i) }}
              data-testid={`verify-stage-${name}`}
              data-ok={stage?.ok}
            >
              <span class="stage-mark">{stage ? <Icon name={stage.ok ? 'check' : 'close'} /> : i + 1}</span>
              <h3>{title}</h3>
              <p>{name === 'payout' ? payoutWords(proof) : about}</p>
              {stage && <p class="stage-detail">{stage.detail}</p>}
              {stage && (
                <ul class="stage-facts">
                  {factsOf(name, proof).map((fact) => (
                    <li key={fact}>{fact}</li>
                  ))}
                </ul>
              )}
            </li>
          )
        })}
      </ol>
      <p
        class={`verdict ${done ? (done.ok ? 'ok' : 'bad') : ''}`}
        role="status"
        data-testid="verify-verdict"
        data-ok={done?.ok}
      >
        {done &&
          (done.ok
            ? 'All four stages agree: this battle was fair.'
            : 'Something does not agree. See the stage marked above.')}
      </p>
    </>
  )
}
