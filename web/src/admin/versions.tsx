import { useEffect, useState } from 'preact/hooks'
import type { AdminVersion } from '../../../schema/box-admin.ts'
import { money } from '../format/money.ts'
import { dayTime } from '../format/time.ts'
import { sdk } from '../sdk.ts'
import { toastError } from '../state/toast.ts'
import { percentFine } from './figures.tsx'

/** Every version that was ever published, newest first, each with what it changed. */
export function Versions({ id }: { id: string }) {
  const [versions, setVersions] = useState<readonly AdminVersion[]>([])
  const [next, setNext] = useState<string | null>(null)
  const load = async (cursor?: string) => {
    try {
      const page = await sdk.admin.boxes.versions(id, cursor)
      setVersions((known) => (cursor === undefined ? page.versions : [...known, ...page.versions]))
      setNext(page.next)
    } catch (error) {
      toastError(error)
    }
  }
  useEffect(() => void load(), [id])
  if (versions.length === 0) return null
  return (
    <section class="admin-panel">
      <h2>Versions</h2>
      <ol class="versions" data-testid="versions">
        {versions.map((version, i) => (
          <li key={version.version}>
            <p>
              <b>v{version.version}</b> {dayTime(version.publishedAt)} · {money(BigInt(version.price), version.asset)} ·{' '}
              {percentFine(version.returnToPlayer)} · <code title={version.hash}>{version.hash.slice(0, 12)}…</code>
            </p>
            <Changes now={version} before={versions[i + 1]} />
          </li>
        ))}
      </ol>
      {next !== null && (
        <button class="button" type="button" onClick={() => void load(next)}>
          Earlier ones
        </button>
      )}
    </section>
  )
}

function Changes({ now, before }: { now: AdminVersion; before: AdminVersion | undefined }) {
  const lines = before === undefined ? [] : changesBetween(before, now)
  if (before === undefined) return now.version === 1 ? <p class="hint">The first one.</p> : null
  if (lines.length === 0) return <p class="hint">The same again.</p>
  return (
    <ul class="changes">
      {lines.map(({ tone, text }) => (
        <li key={text} class={tone}>
          {text}
        </li>
      ))}
    </ul>
  )
}

type Line = Readonly<{ tone: 'up' | 'down' | ''; text: string }>

/** What became of a box from one version to the next. */
function changesBetween(before: AdminVersion, now: AdminVersion): readonly Line[] {
  const old = new Map(before.prizes.map((prize) => [prize.sku, prize]))
  const kept = new Set(now.prizes.map(({ sku }) => sku))
  const price = (version: AdminVersion) => money(BigInt(version.price), version.asset)
  const value = (amount: string) => money(BigInt(amount), now.asset)
  const changed = (what: string, a: string, b: string): Line[] =>
    a === b ? [] : [{ tone: '', text: `${what}: ${a} → ${b}` }]
  return [
    ...changed('Name', before.name, now.name),
    ...changed('Price', price(before), price(now)),
    ...now.prizes.flatMap((prize): Line[] => {
      const was = old.get(prize.sku)
      if (was === undefined)
        return [{ tone: 'up', text: `+ ${prize.name}, ${value(prize.value)}, weight ${prize.weight}` }]
      return [
        ...changed(`${prize.sku}, name`, was.name, prize.name),
        ...changed(`${prize.name}, rarity`, was.rarity, prize.rarity),
        ...changed(`${prize.name}, value`, value(was.value), value(prize.value)),
        ...changed(`${prize.name}, weight`, `${was.weight}`, `${prize.weight}`),
      ]
    }),
    ...before.prizes
      .filter(({ sku }) => !kept.has(sku))
      .map(({ name, value: worth }): Line => ({ tone: 'down', text: `− ${name}, ${value(worth)}` })),
  ]
}
