import { computed, signal } from '@preact/signals'
import type { BoxContents, BoxDraft, BoxIssue, BoxListed, BoxReport, BoxStanding } from '../../../schema/box-admin.ts'
import { sdk } from '../sdk.ts'
import { toast, toastError, codeOf } from './toast.ts'

/** The draft one works on: as it is saved, and as it stands in the page. */
type Editing = Readonly<{ draft: BoxDraft; contents: BoxContents }>

/** The tenant's boxes; null until loaded. */
export const adminBoxes = signal<readonly BoxListed[] | null>(null)
export const editing = signal<Editing | null>(null)
/** Somebody else has saved a draft of this box meanwhile. */
export const isOvertaken = signal(false)
/** The report on the draft as it is saved. */
export const report = signal<BoxReport | null>(null)

export const isChanged = computed(() => {
  const now = editing.value
  return now !== null && JSON.stringify(now.contents) !== JSON.stringify(now.draft.contents)
})

/** What the contents come to as they stand in the page. */
export const look = computed(() => {
  const now = editing.value
  return now && sdk.admin.boxes.look(now.draft.id, now.contents, now.draft.bounds)
})

/** All that is wrong; of a saved draft also what only the server knows. */
export const issues = computed((): readonly BoxIssue[] => {
  const now = editing.value
  if (now === null) return []
  return isChanged.value ? (look.value?.issues ?? []) : now.draft.issues
})

const POLL_MS = 400

export async function loadAdminBoxes(): Promise<void> {
  try {
    const found: BoxListed[] = []
    let cursor: string | undefined
    do {
      const page = await sdk.admin.boxes.list({ limit: 100, ...(cursor && { cursor }) })
      found.push(...page.boxes)
      cursor = page.next ?? undefined
    } while (cursor !== undefined)
    adminBoxes.value = found
  } catch (error) {
    toastError(error)
  }
}

/** Begins to work on a box, with its report as far as there is one. */
export async function edit(id: string): Promise<void> {
  editing.value = null
  report.value = null
  try {
    take(await sdk.admin.boxes.draft(id))
    await followReport(id)
  } catch (error) {
    toastError(error)
  }
}

export function change(changed: Partial<BoxContents>): void {
  const now = editing.value
  if (now) editing.value = { ...now, contents: { ...now.contents, ...changed } }
}

/** Saves what stands in the page. False when it could not be. */
export async function save(): Promise<boolean> {
  const now = editing.value
  if (now === null) return false
  const { id, revision } = now.draft
  try {
    take(await sdk.admin.boxes.save(id, revision, now.contents))
    await followReport(id)
    return true
  } catch (error) {
    if (codeOf(error) === 'box/state') isOvertaken.value = true
    else toastError(error)
    return false
  }
}

/** After somebody else has saved: goes on with theirs, or with one's own on top of it. */
export async function settleOvertaken(keep: 'theirs' | 'own'): Promise<void> {
  const now = editing.value
  if (now === null) return
  try {
    const draft = await sdk.admin.boxes.draft(now.draft.id)
    take(draft)
    if (keep === 'own') editing.value = { draft, contents: now.contents }
  } catch (error) {
    toastError(error)
  }
}

export async function beginReport(): Promise<void> {
  const now = editing.value
  if (now === null) return
  if ((isChanged.value || !now.draft.saved) && !(await save())) return
  try {
    report.value = await sdk.admin.boxes.beginReport(now.draft.id)
    await followReport(now.draft.id)
  } catch (error) {
    tellRefusal(error)
  }
}

/** Does something with the box as a whole and shows how it stands then. */
export async function onShelf(act: (draft: BoxDraft) => Promise<BoxStanding>, done: string): Promise<void> {
  const now = editing.value
  if (now === null) return
  try {
    await act(now.draft)
    toast(done, 'good')
    take(await sdk.admin.boxes.draft(now.draft.id))
    await followReport(now.draft.id)
  } catch (error) {
    tellRefusal(error)
  }
}

/** Throws the draft away. True when it is gone. */
export async function discard(): Promise<boolean> {
  const now = editing.value
  if (now === null) return false
  try {
    await sdk.admin.boxes.discard(now.draft.id, now.draft.revision)
    return true
  } catch (error) {
    toastError(error)
    return false
  }
}

function take(draft: BoxDraft): void {
  editing.value = { draft, contents: draft.contents }
  isOvertaken.value = false
}

/** Asks for the report until it is drawn, as long as one works on this box. */
async function followReport(id: string): Promise<void> {
  const isHere = () => editing.peek()?.draft.id === id
  for (;;) {
    const found = await sdk.admin.boxes.report(id)
    if (!isHere()) return
    report.value = found
    if (found?.state !== 'running') return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** What the server found wrong, by its first words. */
function tellRefusal(error: unknown): void {
  const details = error instanceof Error && 'details' in error ? error.details : undefined
  const wrong = (details as { issues?: readonly BoxIssue[] } | undefined)?.issues?.[0]
  if (wrong) toast(wrong.message, 'bad', codeOf(error))
  else toastError(error)
}
