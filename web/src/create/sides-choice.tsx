import { seatings } from '../mode/sides.ts'
import { chooseSeating, options, whyNot } from '../state/draft-options.ts'

/** Who plays whom: everyone alone, or teams. */
export function SidesChoice() {
  const { seats, teamSize } = options.value
  const reason = whyNot({ seats: 4, teamSize: 2 })
  return (
    <fieldset class="seats-choice">
      <legend class="label">Sides {reason !== undefined && teamSize === 1 && <small>{reason}</small>}</legend>
      <div>
        {seatings.map((seating) => {
          const problem = whyNot(seating)
          const id = `sides-${seating.key}`
          return (
            <label
              key={seating.key}
              class={problem === undefined ? '' : 'off'}
              title={problem ?? `${seating.seats} seats`}
              data-testid={seating.teamSize === 1 ? `seats-${seating.seats}` : undefined}
            >
              <span class="choice" data-testid={id}>
                <input
                  type="radio"
                  name="sides"
                  value={seating.key}
                  checked={seats === seating.seats && teamSize === seating.teamSize}
                  disabled={problem !== undefined}
                  aria-label={seating.teamSize === 1 ? `${seating.seats} alone` : `Teams ${seating.key}`}
                  onChange={() => chooseSeating(seating)}
                />
                <span>{seating.teamSize === 1 && seating.seats > 3 ? `${seating.seats} alone` : seating.key}</span>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
