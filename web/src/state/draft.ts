import { computed, signal } from '@preact/signals'
import { sdk } from '../sdk.ts'
import { boxes } from './catalog.ts'
import { costs, options, type Options } from './draft-options.ts'
import { go } from './route.ts'
import { purse } from './session.ts'
import { toastError } from './toast.ts'

export const ROUNDS_MAX = 50

/** The battle being put together in the lobby. */
export const rounds = signal<readonly string[]>([])
export const creating = signal(false)

/** What one seat costs, in hundredths of a credit. */
export const price = computed(() => rounds.value.reduce((total, id) => total + priceOf(id), 0n))
/** What the creator pays at once: the own seat, less what is borrowed, and what is given for the others. */
export const toPay = computed(() => {
  const { own, gift } = costs(price.value, options.value)
  return own + gift
})
export const affordable = computed(() => purse.value === null || toPay.value <= purse.value)
export const full = computed(() => rounds.value.length >= ROUNDS_MAX)

function priceOf(id: string): bigint {
  return BigInt(boxes.value?.find((box) => box.id === id)?.price ?? '0')
}

export function addBox(id: string): void {
  if (!full.value) rounds.value = [...rounds.value, id]
}

/** Takes out the last round with this box. */
export function dropBox(id: string): void {
  const at = rounds.value.lastIndexOf(id)
  if (at >= 0) dropRound(at)
}

export function dropRound(index: number): void {
  rounds.value = rounds.value.toSpliced(index, 1)
}

export function clearDraft(): void {
  rounds.value = []
}

export async function createBattle(): Promise<void> {
  if (creating.value || rounds.value.length === 0) return
  const made = await openBattle({ ...options.value, rounds: rounds.value })
  if (made) clearDraft()
}

/** Creates a battle and goes to it. Tells why when it cannot. */
export async function openBattle(battle: Options & Readonly<{ rounds: readonly string[] }>): Promise<boolean> {
  creating.value = true
  try {
    const { ref } = await sdk.battles.create({ ...battle, rounds: [...battle.rounds] })
    go(`/b/${ref}`)
    return true
  } catch (error) {
    toastError(error)
    return false
  } finally {
    creating.value = false
  }
}
