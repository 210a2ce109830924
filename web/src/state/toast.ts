import { signal } from '@preact/signals'

export type Toast = Readonly<{ id: number; tone: 'good' | 'bad' | 'plain'; text: string; code: string | null }>

const SHOWN_MS = 6_000
const TOASTS_MAX = 4
let last = 0

export const toasts = signal<readonly Toast[]>([])

export function toast(text: string, tone: Toast['tone'] = 'plain', code: string | null = null): void {
  const repeated = toasts.value.find((each) => each.text === text)
  if (repeated) dismiss(repeated.id)
  const id = ++last
  toasts.value = [...toasts.value, { id, tone, text, code }].slice(-TOASTS_MAX)
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id)
}

/** Tells a refusal in its own sentence, with the reason that came along and its code. */
export function toastError(error: unknown): void {
  toast(sentenceOf(error), 'bad', codeOf(error))
}

export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error) || error.message === '') return 'Something went wrong. Please try again.'
  const reason = 'details' in error ? reasonOf(error.details) : null
  return reason === null ? error.message : `${error.message} ${reason}`
}

function reasonOf(details: unknown): string | null {
  if (typeof details !== 'object' || details === null || !('reason' in details)) return null
  const { reason } = details
  if (typeof reason !== 'string' || reason === '') return null
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`
}

export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
