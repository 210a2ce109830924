import { copyText } from '../format/clipboard.ts'
import type { BattleProof } from '../../../schema/http.ts'
import { toast, toastError } from '../state/toast.ts'
import { Icon } from '../shell/icon.tsx'

/** Everything that went into the draw, to copy and compute elsewhere. */
export function Seeds({ proof }: { proof: BattleProof }) {
  return (
    <details class="seeds">
      <summary>Seeds and hashes</summary>
      <dl>
        <Seed name="Server seed hash, published first" value={proof.seedHash} />
        <Seed name="Server seed, revealed at the end" value={proof.serverSeed} />
        <Seed name="Hash of boxes, odds and prices" value={proof.boxesHash} />
        {proof.seats.map(({ seat, bot, clientSeed }) => (
          <Seed key={seat} name={`Seat ${seat + 1}${bot ? ', bot: from battle and seat' : ''}`} value={clientSeed} />
        ))}
        {proof.entropy && (
          <>
            <Seed
              name={`Public value, round ${proof.entropy.round} of ${proof.entropy.source}`}
              value={proof.entropy.value}
            />
            <Seed name="Anchor it is checked against" value={proof.entropy.anchor} />
          </>
        )}
      </dl>
      <p class="hint">
        Algorithm <code>{proof.algorithm}</code>.{' '}
        <a href="/fairness.txt" target="_blank">
          The full text
        </a>{' '}
        is enough to write your own checker.
      </p>
    </details>
  )
}

/** One seed or hash, to copy. */
export function Seed({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null
  const copy = () => copyText(value).then(() => toast('Copied.', 'good'), toastError)
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
        <button class="quiet-icon" type="button" aria-label={`Copy ${name}`} onClick={() => void copy()}>
          <Icon name="copy" />
        </button>
      </dd>
    </div>
  )
}
