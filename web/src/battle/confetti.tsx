import { randomFrom } from '../art/random.ts'
import { calm } from '../state/motion.ts'

const random = randomFrom('confetti')
const pieces = Array.from({ length: 28 }, (_, i) => ({
  x: `${Math.round(random.between(-140, 140))}px`,
  y: `${Math.round(random.between(-150, -20))}px`,
  turn: `${Math.round(random.between(-300, 300))}deg`,
  delay: `${Math.round(random.between(0, 160))}ms`,
  tone: i % 4,
}))

/** A short burst over the winner's seat, once. */
export function Confetti() {
  if (calm.value) return null
  return (
    <span class="confetti" aria-hidden="true">
      {pieces.map(({ x, y, turn, delay, tone }, i) => (
        <i key={i} class={`tone-${tone}`} style={{ '--x': x, '--y': y, '--turn': turn, animationDelay: delay }} />
      ))}
    </span>
  )
}
