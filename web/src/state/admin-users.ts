import { signal } from '@preact/signals'
import type { ActEntry, ActQuery, UserRecord, UserSummary } from '../../../schema/staff.ts'
import { sdk } from '../sdk.ts'
import { codeOf, toast, toastError } from './toast.ts'

/** What was asked for last, and who was found by it; null until there is an answer. */
export const wantedUsers = signal('')
export const foundUsers = signal<readonly UserSummary[] | null>(null)
const nextUsers = signal<string | null>(null)
export const hasMoreUsers = () => nextUsers.value !== null

/** The one that is looked at. */
export const shownUser = signal<UserRecord | null>(null)

export const foundActs = signal<readonly ActEntry[] | null>(null)
const nextActs = signal<string | null>(null)
export const hasMoreActs = () => nextActs.value !== null

export async function findUsers(query: string, more = false): Promise<void> {
  const cursor = more ? nextUsers.value : null
  wantedUsers.value = query
  try {
    const page = await sdk.admin.users.find(query, { limit: 25, ...(cursor && { cursor }) })
    if (wantedUsers.value !== query) return // Something else was asked for meanwhile.
    foundUsers.value = more ? [...(foundUsers.value ?? []), ...page.users] : page.users
    nextUsers.value = page.next
  } catch (error) {
    toastError(error)
  }
}

export async function showUser(id: string): Promise<void> {
  if (shownUser.value?.user.id !== id) shownUser.value = null
  try {
    shownUser.value = await sdk.admin.users.read(id)
  } catch (error) {
    toastError(error)
  }
}

/** Does something to the one that is looked at, and looks again. */
export async function toUser(id: string, act: () => Promise<unknown>, done: string): Promise<void> {
  try {
    await act()
    toast(done, 'good')
    await showUser(id)
  } catch (error) {
    const open =
      error instanceof Error && 'details' in error
        ? (error.details as { open?: string[] } | undefined)?.open
        : undefined
    if (codeOf(error) === 'user/unsettled' && open) toast(`Still open: ${open.join(', ')}.`, 'bad', codeOf(error))
    else toastError(error)
  }
}

export async function findActs(query: ActQuery, more = false): Promise<void> {
  const cursor = more ? nextActs.value : null
  try {
    const page = await sdk.admin.users.acts({ ...query, limit: 50, ...(cursor && { cursor }) })
    foundActs.value = more ? [...(foundActs.value ?? []), ...page.acts] : page.acts
    nextActs.value = page.next
  } catch (error) {
    toastError(error)
  }
}
