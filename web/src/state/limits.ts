import { signal } from '@preact/signals'
import type { ExcludeSelf, LimitKind, OwnLimits } from '../../../schema/limits.ts'
import type { OwnPerson, PersonStatement } from '../../../schema/person.ts'
import { sdk } from '../sdk.ts'
import { toast, toastError } from './toast.ts'

/** What one lets oneself do; null until loaded. */
export const ownLimits = signal<OwnLimits | null>(null)
/** Who one is outside of here; null until loaded. */
export const ownPerson = signal<OwnPerson | null>(null)

/** Keeps both as they stand, as long as they are looked at. Returns what ends it. */
export function followLimits(): () => void {
  const load = () => void loadAll()
  load()
  // Whoever has proved who they are comes back to this tab.
  addEventListener('focus', load)
  return () => removeEventListener('focus', load)
}

async function loadAll(): Promise<void> {
  try {
    const [limits, person] = await Promise.all([sdk.limits.all(), sdk.person.get()])
    ownLimits.value = limits
    ownPerson.value = person
  } catch (error) {
    toastError(error)
  }
}

export async function setOwnLimit(kind: LimitKind, asset: string, amount: bigint | null): Promise<void> {
  const before = ownLimits.value?.limits.find((each) => each.kind === kind && each.asset === asset)
  ownLimits.value = await sdk.limits.set({ kind, asset, amount: amount === null ? null : `${amount}` })
  const isLater = before !== undefined && (amount === null || amount > BigInt(before.amount))
  toast(isLater ? 'Noted: it holds from this time tomorrow on.' : 'Your limit is set and holds at once.', 'good')
}

export async function excludeOneself(wanted: ExcludeSelf): Promise<void> {
  ownLimits.value = await sdk.limits.exclude(wanted)
}

export async function statePerson(said: PersonStatement): Promise<void> {
  ownPerson.value = await sdk.person.state(said)
}

/** Goes to where one's identity is checked. */
export async function proveIdentity(): Promise<void> {
  const { url } = await sdk.person.prove()
  open(url, '_blank', 'noopener')
  await loadAll()
}
