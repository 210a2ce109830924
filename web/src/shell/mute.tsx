import { muted, turnSound } from '../sound/sound.ts'
import { Icon } from './icon.tsx'

export function Mute() {
  const name = muted.value ? 'Turn sound on' : 'Turn sound off'
  return (
    <button
      class="quiet-icon"
      type="button"
      data-testid="mute"
      aria-pressed={muted.value}
      aria-label={name}
      title={name}
      onClick={() => turnSound(muted.value)}
    >
      <Icon name={muted.value ? 'mute' : 'sound'} />
    </button>
  )
}
