import { dismiss, toasts } from '../state/toast.ts'
import { Icon } from './icon.tsx'

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, tone, text, code }) => (
        <div key={id} class={`toast ${tone}`} data-testid="toast" data-code={code ?? undefined}>
          <div>
            <p>{text}</p>
            {code && <code>{code}</code>}
          </div>
          <button class="quiet-icon" type="button" aria-label="Close" onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  )
}
