import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { useState } from 'preact/hooks'
import { sentenceOf } from '../state/toast.ts'

type FormProps = Readonly<{
  title: string
  action: string
  /** What is done with the fields; what it throws is told beside the button. */
  onSubmit: (fields: Readonly<Record<string, string>>) => Promise<void>
  testId: string
  children: ComponentChildren
}>

/** A few fields and one thing to do with them. */
export function Form({ title, action, onSubmit, testId, children }: FormProps) {
  const [state, setState] = useState<'open' | 'busy' | Readonly<{ refused: string }>>('open')
  const submit = async (form: HTMLFormElement) => {
    setState('busy')
    try {
      const fields = [...new FormData(form)].flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      )
      await onSubmit(Object.fromEntries(fields) as Record<string, string>)
      setState('open')
    } catch (error) {
      setState({ refused: sentenceOf(error) })
    }
  }
  return (
    <form
      class="account-form"
      data-testid={testId}
      onSubmit={(event) => {
        event.preventDefault()
        void submit(event.currentTarget)
      }}
    >
      <h2>{title}</h2>
      {children}
      <button class="button primary" type="submit" disabled={state === 'busy'}>
        {state === 'busy' ? 'One moment…' : action}
      </button>
      {typeof state === 'object' && (
        <p class="problem" role="alert" data-testid={`${testId}-refused`}>
          {state.refused}
        </p>
      )}
    </form>
  )
}

type FieldProps = Readonly<{
  name: string
  label: string
  type?: 'text' | 'email' | 'password'
  autocomplete: NonNullable<InputHTMLAttributes['autocomplete']>
  hint?: string
  required?: boolean
  minLength?: number
  maxLength?: number
  value?: string
}>

export function Field({ label, hint, type = 'text', required = true, ...input }: FieldProps) {
  return (
    <label class="account-field">
      <span>{label}</span>
      {/* The library's types tell inputs apart by a type that is known as they are written. */}
      <input {...({ type, required, ...input } as InputHTMLAttributes)} />
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}
