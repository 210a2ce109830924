import { whyNotTogether } from '../game/battle/options.ts'
import { sidesOf } from '../game/battle/sides.ts'
import { percentOf } from '../game/battle/stake.ts'

/** What a page may know of the rules before anything is played: which options go together, who sits with whom, what a percent comes to. */
export const rules = { whyNotTogether, sidesOf, percentOf } as const
