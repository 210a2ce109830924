import { signal } from '@preact/signals'
import type { HistoryPage } from '../../../schema/http.ts'
import { sdk } from '../sdk.ts'
import { onOwnResult } from './session.ts'
import { toastError } from './toast.ts'

export type Entry = HistoryPage['entries'][number]

export const entries = signal<readonly Entry[]>([])
export const more = signal<string | null>(null)
export const loading = signal(false)

const PAGE = 50

/** Loads the newest entries, and again whenever something of the user's own has happened. Returns what ends that. */
export function followHistory(): () => void {
  void loadNewest()
  return onOwnResult(() => void loadNewest())
}

async function loadNewest(): Promise<void> {
  await load(async () => {
    const page = await sdk.history({ limit: PAGE })
    entries.value = page.entries
    more.value = page.next
  })
}

export async function loadMore(): Promise<void> {
  const cursor = more.value
  if (cursor === null) return
  await load(async () => {
    const page = await sdk.history({ limit: PAGE, cursor })
    entries.value = [...entries.value, ...page.entries]
    more.value = page.next
  })
}

async function load(how: () => Promise<void>): Promise<void> {
  if (loading.value) return
  loading.value = true
  try {
    await how()
  } catch (error) {
    toastError(error)
  } finally {
    loading.value = false
  }
}
