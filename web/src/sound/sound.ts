import { signal } from '@preact/signals'

const MEMORY_KEY = 'rollingdrop.muted/1'

/** Whether the person wants silence; remembered in this browser. */
export const muted = signal(localStorage.getItem(MEMORY_KEY) === 'yes')

let context: AudioContext | null = null

export function turnSound(on: boolean): void {
  muted.value = !on
  localStorage.setItem(MEMORY_KEY, on ? 'no' : 'yes')
  if (on) wake()
}

// Nothing sounds before the person has touched the page: browsers want it so, and so do people.
addEventListener('pointerdown', wake, { passive: true })
addEventListener('keydown', wake)

function wake(): void {
  if (muted.value || context) return
  context = new AudioContext()
}

type Note = Readonly<{ hertz: number; at_ms: number; long_ms: number; loud: number; shape?: OscillatorType }>

/** Plays notes from now on; nothing while muted, in a hidden tab or before the first touch. */
export function play(notes: readonly Note[]): void {
  if (muted.value || context?.state !== 'running' || document.hidden) return
  for (const { hertz, at_ms, long_ms, loud, shape = 'sine' } of notes) {
    const from = context.currentTime + at_ms / 1000
    const until = from + long_ms / 1000
    const tone = new OscillatorNode(context, { type: shape, frequency: hertz })
    const volume = new GainNode(context, { gain: 0 })
    volume.gain.setValueAtTime(loud, from)
    volume.gain.exponentialRampToValueAtTime(0.0001, until)
    tone.connect(volume).connect(context.destination)
    tone.start(from)
    tone.stop(until)
  }
}
