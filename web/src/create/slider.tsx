type Props = Readonly<{
  label: string
  hint: string
  /** What the value says in words. */
  shown: string
  value: number
  max: number
  step?: number
  testId: string
  /** Why it cannot be moved. */
  problem?: string | undefined
  onPick: (value: number) => void
}>

/** A range with its value in words; when it cannot be moved, the reason stands in place of the hint. */
export function Slider({ label, hint, shown, value, max, step = 1, testId, problem, onPick }: Props) {
  const off = problem !== undefined
  return (
    <label class={`slider ${off ? 'off' : ''}`} title={problem}>
      <span class="label">
        {label} <output>{shown}</output>
      </span>
      <input
        type="range"
        min={0}
        max={max}
        step={step}
        value={value}
        disabled={off}
        data-testid={testId}
        style={{ '--part': `${max === 0 ? 0 : (value / max) * 100}%` }}
        onInput={(event) => onPick(event.currentTarget.valueAsNumber)}
      />
      <small>{problem ?? hint}</small>
    </label>
  )
}
