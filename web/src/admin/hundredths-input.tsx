import { useState } from 'preact/hooks'

/** `250` as `2.50`. */
export function amountText(minor: string): string {
  const digits = minor.padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** What somebody typed, in hundredths; null while it is no amount. */
function minorOf(text: string): string | null {
  const [, whole, part = ''] = /^(\d{1,14})(?:[.,](\d{0,2}))?$/.exec(text.trim()) ?? []
  return whole === undefined ? null : `${BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'))}`
}

type Props = Readonly<{ value: string; label: string; testId: string; onValue: (minor: string) => void }>

/** An amount as people write it. What is typed stays as it is typed until it means something else. */
export function HundredthsInput({ value, label, testId, onValue }: Props) {
  const [text, setText] = useState(amountText(value))
  const shown = minorOf(text) === value || minorOf(text) === null ? text : amountText(value)
  return (
    <input
      class="number"
      value={shown}
      inputMode="decimal"
      aria-label={label}
      aria-invalid={minorOf(shown) === null}
      data-testid={testId}
      onInput={(event) => {
        const typed = event.currentTarget.value
        setText(typed)
        const minor = minorOf(typed)
        if (minor !== null) onValue(minor)
      }}
      onBlur={() => setText(amountText(value))}
    />
  )
}
