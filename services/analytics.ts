import { createRoute, z, type RouteConfig } from '@hono/zod-openapi'
import { may } from '../access/permissions.ts'
import { amounts, type BoxFigures, type MoneyFigures } from '../schema/analytics.ts'
import { boxFigures, dayFigures, overview, userStats } from '../schema/analytics-http.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const CALLER = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const DAYS_MAX = 400
const DAY_MS = 86_400_000
const day = z.iso.date()

const get: Pick<RouteConfig, 'tags' | 'security'> & Readonly<{ method: 'get' }> = {
  method: 'get',
  tags: ['analytics'],
  security: BEARER,
}

const routes = {
  user: createRoute({
    ...get,
    path: '/analytics/user/{userId}/stats',
    operationId: 'getUserStats',
    summary: 'What a user has wagered and won, by asset',
    description: 'One’s own; support and admins see those of any user of their tenant.',
    request: { params: z.object({ userId: z.uuid() }) },
    responses: {
      200: json(userStats.meta({ id: 'UserStats' }), 'Complete up to a moment ago.'),
      ...refusals('request/not-found', ...CALLER),
    },
  }),
  overview: createRoute({
    ...get,
    path: '/analytics/global/overview',
    operationId: 'getOverview',
    summary: 'What the tenant’s users have wagered and won, by asset',
    responses: {
      200: json(overview.meta({ id: 'Overview' }), 'Complete up to a moment ago.'),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
  days: createRoute({
    ...get,
    path: '/analytics/global/days',
    operationId: 'getDays',
    summary: 'The same for each day of UTC',
    request: { query: z.object({ from: day, to: day }) },
    responses: {
      200: json(z.object({ days: z.array(dayFigures.meta({ id: 'DayFigures' })) }), 'Days first, then assets.'),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
  boxes: createRoute({
    ...get,
    path: '/analytics/global/boxes',
    operationId: 'getBoxFigures',
    summary: 'What each box gave back: won / paid is the return to player',
    responses: {
      200: json(z.object({ boxes: z.array(boxFigures.meta({ id: 'BoxFigures' })) }), 'By box.'),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
} as const

/** What has been played, as figures: one's own for everyone, the tenant's for those who run it. */
export function addAnalytics(app: Services, { analytics, access }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.user, middleware: gates.signedIn }, async (c) => {
    const { principal } = c.var
    const { userId } = c.req.valid('param')
    // Whoever may not ask learns nothing, not even whether there is such a user.
    if (userId !== principal.user && !may(principal, 'analytics.read')) throw new RollingDropError('request/not-found')
    const { last_ms, assets } = await analytics.user(principal.tenant, userId)
    return c.json({ lastAt: last_ms, assets: assets.map(moneyJson) }, 200)
  })
  app.openapi({ ...routes.overview, middleware: gates.signedIn }, async (c) => {
    access.demand(c.var.principal, 'analytics.read')
    const { users, assets } = await analytics.overview(c.var.principal.tenant)
    return c.json({ users, assets: assets.map(moneyJson) }, 200)
  })
  app.openapi({ ...routes.days, middleware: gates.signedIn }, async (c) => {
    access.demand(c.var.principal, 'analytics.read')
    const range = c.req.valid('query')
    const length = (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS
    if (length < 0 || length > DAYS_MAX) {
      const message = `from comes before to, and at most ${DAYS_MAX} days lie between`
      throw new RollingDropError('request/invalid', { issues: [{ path: 'from', message }] })
    }
    const days = await analytics.days(c.var.principal.tenant, range)
    return c.json(
      { days: days.map(({ day: of, users, ...money }) => Object.assign({ day: of, users }, moneyJson(money))) },
      200,
    )
  })
  app.openapi({ ...routes.boxes, middleware: gates.signedIn }, async (c) => {
    access.demand(c.var.principal, 'analytics.read')
    const boxes = await analytics.boxes(c.var.principal.tenant)
    return c.json({ boxes: boxes.map(boxJson) }, 200)
  })
}

type Money = Readonly<Record<(typeof amounts)[number], string>>

function moneyJson(figures: MoneyFigures) {
  const { asset, openings, battles } = figures
  const money = Object.fromEntries(amounts.map((name) => [name, `${figures[name]}`])) as Money
  return { asset, openings, battles, ...money }
}

function boxJson({ box, asset, openings, paid, won, draws, drawn }: BoxFigures) {
  const returnToPlayer = paid === 0n ? null : Number(won) / Number(paid)
  return { box, asset, openings, paid: `${paid}`, won: `${won}`, returnToPlayer, draws, drawn: `${drawn}` }
}
