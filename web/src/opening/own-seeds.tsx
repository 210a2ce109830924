import { useState } from 'preact/hooks'
import { Seed } from '../verify/seeds.tsx'
import { changeSeeds } from '../state/opening.ts'
import { seeds } from '../state/session.ts'
import { toast } from '../state/toast.ts'

const HEX = /^[0-9a-f]{64}$/

/** The seeds the next opening is drawn with, and the way to change them, which reveals those in use. */
export function OwnSeeds() {
  const own = seeds.value
  const [mine, setMine] = useState('')
  const change = async (clientSeed: string | null) => {
    if (!(await changeSeeds(clientSeed))) return
    setMine('')
    toast('New seeds are in use; what was drawn before can be verified to the end.', 'good')
  }
  return (
    <section class="own-seeds" aria-labelledby="seeds-title">
      <h2 id="seeds-title">Your seeds</h2>
      <p class="lead">
        Every draw follows from a server seed, whose hash you see before you choose, your own seed, and a number that
        counts up.
      </p>
      {own === null ? (
        <p class="empty">Loading…</p>
      ) : (
        <dl class="seed-list">
          {own.seeds !== '' && (
            <>
              <Seed name="Server seed in use, its hash" value={own.seedHash} />
              <Seed name={`Your seed, next number ${own.nonce}`} value={own.clientSeed} />
            </>
          )}
          <Seed name="Server seed after it, its hash" value={own.nextSeedHash} />
        </dl>
      )}
      <form
        class="seed-form"
        onSubmit={(event) => {
          event.preventDefault()
          void change(mine === '' ? null : mine)
        }}
      >
        <label>
          <span>A seed of your own</span>
          <input
            value={mine}
            placeholder="64 hex digits, or empty for a fresh one"
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => setMine(event.currentTarget.value.trim().toLowerCase())}
          />
        </label>
        <button
          class="button"
          type="submit"
          data-testid="change-seeds"
          disabled={own === null || (mine !== '' && !HEX.test(mine))}
        >
          Change seeds and reveal
        </button>
      </form>
    </section>
  )
}
