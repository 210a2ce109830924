import type { BoxFiguresBody, PartnerRevenue, Revenue, UserStatsBody } from '../schema/analytics-http.ts'
import type { ClientEventDay, TellClientEvents } from '../schema/client-event.ts'
import type { ChargeBacks, Gifts, Shared, SharedUsers, SignalKind, Velocity } from '../schema/fraud.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { Caller } from './caller.ts'
import type { Clock } from './clock.ts'

/** Days of UTC (`2026-01-31`), both counted. */
type Range = Readonly<{ from: string; to: string }>

/** Something a page tells of how it is used: words and numbers, nothing that names anybody. */
export type Told = Readonly<{ type: string; properties?: Readonly<Record<string, string | number | boolean>> }>

/** What has been played, as figures, and what looks like fraud. Every method rejects with a RollingDropError. */
export interface Analytics {
  /** One's own, or as one of the staff somebody's. */
  user(id: string): Promise<UserStatsBody>
  /** Up to a hundred at once, each kept once however often it has to be sent. Resolves with how many were new. */
  tell(events: readonly Told[]): Promise<number>
  /** What follows is for the staff. */
  revenue(range: Range): Promise<Revenue>
  partners(range: Range): Promise<PartnerRevenue['days']>
  boxes(): Promise<readonly BoxFiguresBody[]>
  told(range: Range & Readonly<{ type?: string }>): Promise<readonly ClientEventDay[]>
  readonly fraud: {
    velocity(query?: Readonly<{ unit?: 'minute' | 'hour' | 'day'; days?: number }>): Promise<Velocity['findings']>
    /** The largest groups first. */
    shared(kind: SignalKind, cursor?: string): Promise<Shared>
    members(kind: SignalKind, group: string, cursor?: string): Promise<SharedUsers>
    gifts(): Promise<Gifts>
    chargeBacks(): Promise<ChargeBacks['users']>
  }
}

export function analyticsOver(caller: Pick<Caller, 'get' | 'post'>, clock: Pick<Clock, 'now'>): Analytics {
  const page = (cursor?: string) => (cursor === undefined ? {} : { cursor })
  return {
    user: (id) => caller.get(`/analytics/user/${encodeURIComponent(id)}/stats`),
    tell: async (events) => {
      const at = Math.floor(clock.now())
      const body: TellClientEvents = {
        events: events.map(({ type, properties = {} }) => ({ id: uuidv7(at), type, at, properties })),
      }
      return (await caller.post<{ stored: number }>('/analytics/events', body)).stored
    },
    revenue: (range) => caller.get('/analytics/global/revenue', range),
    partners: async (range) => (await caller.get<PartnerRevenue>('/analytics/partners', range)).days,
    boxes: async () => (await caller.get<{ boxes: BoxFiguresBody[] }>('/analytics/global/boxes')).boxes,
    told: async (range) => (await caller.get<{ days: ClientEventDay[] }>('/analytics/events/summary', range)).days,
    fraud: {
      velocity: async (query) => (await caller.get<Velocity>('/admin/fraud/velocity', query)).findings,
      shared: (kind, cursor) => caller.get('/admin/fraud/shared', { kind, ...page(cursor) }),
      members: (kind, group, cursor) => caller.get(`/admin/fraud/shared/${kind}/${group}`, page(cursor)),
      gifts: () => caller.get('/admin/fraud/gifts'),
      chargeBacks: async () => (await caller.get<ChargeBacks>('/admin/fraud/charge-backs')).users,
    },
  }
}
