import { useEffect, useState } from 'preact/hooks'
import { RollingDropError } from '../../../schema/errors.ts'
import type { BattleProof } from '../../../schema/http.ts'
import type { OpeningProof } from '../../../schema/opening.ts'
import { sdk } from '../sdk.ts'
import { sentenceOf } from '../state/toast.ts'
import { RecentRow } from '../lobby/recent-row.tsx'
import { recent } from '../state/lobby.ts'
import { go } from '../state/route.ts'
import { OpeningCheck } from './opening-check.tsx'
import { Check } from './verify-panel.tsx'

/** Checks any finished battle, or an opening that was passed on, by its id, its link, or a proof somebody saved. */
export function VerifyPage({ id }: { id: string | null }) {
  const [text, setText] = useState(id ?? '')
  const [proof, setProof] = useState<BattleProof | OpeningProof | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const load = async (input: string) => {
    setProblem(null)
    setProof(null)
    try {
      setProof(await proofOf(input))
    } catch (error) {
      setProblem(sentenceOf(error))
    }
  }
  useEffect(() => {
    if (id) void load(id)
  }, [id])
  const submit = (event: Event) => {
    event.preventDefault()
    const wanted = idIn(text)
    if (wanted !== null && wanted !== id) go(`/verify?battle=${wanted}`)
    else void load(text)
  }
  return (
    <div class="page">
      <h1>Verify a battle or an opening</h1>
      <p class="lead">Paste its link or id, or a proof you saved. Everything is computed on this device.</p>
      <form class="verify-form" onSubmit={submit}>
        <label class="label" for="verify-input">
          Link, id or proof
        </label>
        <textarea
          id="verify-input"
          rows={3}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          data-testid="verify-input"
        />
        <button class="button primary" type="submit" disabled={text.trim() === ''}>
          Load
        </button>
      </form>
      {proof === null && problem === null && recent.value.length > 0 && (
        <section>
          <h2>Or one that just finished</h2>
          <ul class="rows compact">
            {recent.value.map((battle) => (
              <RecentRow key={battle.id} battle={battle} path={`/verify?battle=${battle.id}`} />
            ))}
          </ul>
        </section>
      )}
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {proof && 'opening' in proof && <OpeningCheck key={proof.opening} proof={proof} />}
      {proof && !('opening' in proof) && (
        <section class="verify-panel">
          <p class="lead">
            Battle <a href={`/b/${proof.battle}`}>{proof.battle}</a>
          </p>
          <Check key={proof.battle} proof={proof} />
        </section>
      )}
    </div>
  )
}

/** The id in a link or in bare text; null when the text is something longer, such as a proof. */
function idIn(text: string): string | null {
  if (text.trimStart().startsWith('{')) return null
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:~[\w-]{22})?/.exec(text)?.[0] ?? null
}

async function proofOf(input: string): Promise<BattleProof | OpeningProof> {
  const id = idIn(input)
  if (id !== null) return fetched(id)
  const given = readJson(input)
  if (given === null || typeof given !== 'object' || !('algorithm' in given) || !('serverSeed' in given)) {
    throw new Error('This is neither a link of a battle or an opening, nor a proof.')
  }
  return given as BattleProof | OpeningProof
}

/** An id alone does not say what it is of. */
async function fetched(id: string): Promise<BattleProof | OpeningProof> {
  try {
    const { phase, proof } = await sdk.battles.get(id)
    if (phase !== 'settled') throw new Error('This battle is not finished yet: its server seed is still secret.')
    return proof
  } catch (error) {
    if (!(error instanceof RollingDropError) || error.code !== 'battle/unknown') throw error
    return sdk.openings.proof(id)
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: the caller says so in words.
    return null
  }
}
