type Props = Readonly<{ name: string; hint: string; on: boolean; testId: string; onTurn: (on: boolean) => void }>

export function Switch({ name, hint, on, testId, onTurn }: Props) {
  return (
    <label class="switch">
      <input
        type="checkbox"
        role="switch"
        data-testid={testId}
        checked={on}
        onChange={(event) => onTurn(event.currentTarget.checked)}
      />
      <i aria-hidden="true" />
      <span>
        {name} <small>{hint}</small>
      </span>
    </label>
  )
}
