import { useState } from 'preact/hooks'
import type { Verification } from '../../../client-sdk/api.ts'
import type { BattleDetail, BattleProof } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { toastError } from '../state/toast.ts'
import { Icon } from '../shell/icon.tsx'
import { Seeds } from './seeds.tsx'
import { Stages } from './stages.tsx'

/** Recomputes a finished battle in this browser and shows what was compared with what. */
export function VerifyPanel({ detail }: { detail: BattleDetail | null }) {
  return (
    <section class="verify-panel" id="verify-panel" aria-labelledby="verify-title">
      <header class="section-head">
        <div>
          <h2 id="verify-title">Verify this battle</h2>
          <p class="lead">Recomputed here, in your browser, from published data alone. No server is asked.</p>
        </div>
      </header>
      {detail === null ? <p class="empty">Fetching the record…</p> : <Check proof={detail.proof} />}
    </section>
  )
}

/** The button, the four stages and the seeds of one proof. */
export function Check({ proof }: { proof: BattleProof }) {
  const [result, setResult] = useState<Verification | 'running' | null>(null)
  const verify = async () => {
    setResult('running')
    try {
      setResult(await sdk.verify(proof))
    } catch (error) {
      setResult(null)
      toastError(error)
    }
  }
  return (
    <div class="check">
      <div class="check-actions">
        <button
          class="button primary"
          type="button"
          data-testid="verify"
          disabled={result === 'running'}
          onClick={() => void verify()}
        >
          <Icon name="shield" /> {result === null ? 'Verify now' : result === 'running' ? 'Computing…' : 'Verify again'}
        </button>
        <button class="button" type="button" data-testid="download-proof" onClick={() => download(proof)}>
          <Icon name="download" /> Proof as JSON
        </button>
      </div>
      <Stages result={result} proof={proof} />
      <Seeds proof={proof} />
    </div>
  )
}

function download(proof: BattleProof): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(proof, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `rollingdrop-battle-${proof.battle}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
