import { useEffect, useState } from 'preact/hooks'
import type { Verification } from '../../../client-sdk/api.ts'
import type { OpeningProof } from '../../../schema/opening.ts'
import { count } from '../format/words.ts'
import { sdk } from '../sdk.ts'
import { toastError } from '../state/toast.ts'
import { OpeningStages } from './opening-stages.tsx'

/** Recomputes an opening that somebody passed on, here, from its proof alone. */
export function OpeningCheck({ proof }: { proof: OpeningProof }) {
  const [result, setResult] = useState<Verification | null>(null)
  useEffect(() => {
    sdk.openings.verify(proof).then(setResult, toastError)
  }, [proof])
  return (
    <div class="check">
      <p class="lead">
        {count(proof.drops.length, 'box', 'boxes')} of {proof.box.name}, opened by <code>{proof.user}</code> as opening{' '}
        <code>{proof.opening}</code>
      </p>
      {result && <OpeningStages result={result} />}
    </div>
  )
}
