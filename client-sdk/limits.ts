import type { ExcludeSelf, LimitKind, OwnLimits } from '../schema/limits.ts'
import type { Caller } from './caller.ts'

/**
 * What the user lets themselves do in a day (UTC). Commands are sent again by themselves until they are answered, and done once. Every
 * method rejects with a RollingDropError.
 */
export interface OwnLimitsLink {
  all(): Promise<OwnLimits>
  /** In smallest units of `asset`, or, of a session, in `minutes`; null takes the limit away. Lower at once, higher a day later. */
  set(limit: Readonly<{ kind: LimitKind; asset: string; amount: string | null }>): Promise<OwnLimits>
  /** For one of the durations on offer. Nobody can shorten it; a self-exclusion ends all sessions. */
  exclude(wanted: ExcludeSelf): Promise<OwnLimits>
}

export function limitsOver(caller: Pick<Caller, 'get' | 'post' | 'command'>): OwnLimitsLink {
  return {
    all: () => caller.get('/limits'),
    set: ({ kind, asset, amount }) => caller.command('PUT', `/limits/${kind}/${encodeURIComponent(asset)}`, { amount }),
    exclude: (wanted) => caller.post('/limits/exclusion', wanted),
  }
}
