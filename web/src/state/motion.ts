import { signal } from '@preact/signals'

const query = matchMedia('(prefers-reduced-motion: reduce)')

/** Whether the person asked their system for less motion. Reels then show the prize without spinning. */
export const calm = signal(query.matches)

query.addEventListener('change', () => (calm.value = query.matches))
