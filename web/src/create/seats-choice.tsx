import { seats, SEATS_MAX, SEATS_MIN } from '../state/draft.ts'

const choices = Array.from({ length: SEATS_MAX - SEATS_MIN + 1 }, (_, i) => SEATS_MIN + i)

export function SeatsChoice() {
  return (
    <fieldset class="seats-choice">
      <legend class="label">Seats</legend>
      <div>
        {choices.map((n) => (
          <label key={n} data-testid={`seats-${n}`}>
            <input type="radio" name="seats" value={n} checked={seats.value === n} onChange={() => (seats.value = n)} />
            <span>{n}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
