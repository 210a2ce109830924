import type { Mode } from './mode.ts'
import { standard } from './standard.ts'

/** Every mode by its name. */
export const modes: Readonly<Record<Mode['name'], Mode>> = { standard }
