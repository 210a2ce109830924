import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { credits, creditsChange } from '../format/credits.ts'
import { calm } from '../state/motion.ts'
import { purse } from '../state/session.ts'

const COUNT_MS = 700
const CHANGE_SHOWN_MS = 2_600

/** What is on show: it runs after the real balance, so that a change is seen as one. */
const shown = signal<bigint | null>(null)
const change = signal<Readonly<{ amount: bigint; id: number }> | null>(null)

/** Shows a change of the balance as one: counts up or down to `target`, with the difference beside it. Returns what stops it. */
function countTo(target: bigint): () => void {
  const from = shown.peek()
  shown.value = from ?? target
  if (from === null || from === target) return () => undefined
  const id = Date.now()
  change.value = { amount: target - from, id }
  const hide = setTimeout(() => {
    if (change.peek()?.id === id) change.value = null
  }, CHANGE_SHOWN_MS)
  const start = performance.now()
  let frame = 0
  const step = (at: number) => {
    const part = calm.value ? 1 : Math.min(1, Math.max(0, (at - start) / COUNT_MS))
    const eased = 1 - (1 - part) ** 3
    shown.value = part === 1 ? target : from + BigInt(Math.round(Number(target - from) * eased))
    if (part < 1) frame = requestAnimationFrame(step)
  }
  frame = requestAnimationFrame(step)
  return () => {
    cancelAnimationFrame(frame)
    clearTimeout(hide)
  }
}

export function Balance() {
  const target = purse.value
  useEffect(() => (target === null ? undefined : countTo(target)), [target])
  return (
    <a class="balance" href="/wallet" title="Play credits: worth nothing real, and never exchanged for it">
      <span class="coin" aria-hidden="true" />
      <span class="balance-amount" data-testid="balance" data-minor={target?.toString()} aria-label="Play credits">
        {shown.value === null ? '…' : credits(shown.value)}
      </span>
      {change.value && (
        <span
          key={change.value.id}
          class={`balance-change ${change.value.amount < 0n ? 'down' : 'up'}`}
          aria-hidden="true"
        >
          {creditsChange(change.value.amount)}
        </span>
      )}
    </a>
  )
}
