import { issues } from '../state/admin-boxes.ts'

/** What is wrong with the box as a whole; what is wrong with a prize stands at the prize. */
export function Issues() {
  const whole = issues.value.filter(({ path }) => !/^prizes\.\d/.test(path))
  const errors = issues.value.filter(({ level }) => level === 'error').length
  const atPrizes = issues.value.length - whole.length
  if (issues.value.length === 0) return null
  return (
    <section class="admin-panel" aria-label="Issues" data-testid="issues" data-errors={errors}>
      {whole.map(({ path, level, message }) => (
        <p key={path + message} class={`issue ${level}`}>
          {message}
        </p>
      ))}
      {atPrizes > 0 && <p class="hint">{atPrizes === 1 ? 'One more' : `${atPrizes} more`} at the prizes.</p>}
    </section>
  )
}
