import { createRoute, z, type RouteConfig } from '@hono/zod-openapi'
import { may } from '../access/permissions.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { TenantId } from '../schema/account.ts'
import type { BoxFigures, VersionFigures } from '../schema/analytics.ts'
import { boxFigures, dayFigures, dayRange, overview, userStats } from '../schema/analytics-http.ts'
import { RollingDropError } from '../schema/errors.ts'
import { demandRange, exampleMoney, moneyJson } from './analytics-json.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { returnedOf, type Opened, type Returned } from './return-to-player.ts'

const CALLER = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const

const get: Pick<RouteConfig, 'tags' | 'security'> & Readonly<{ method: 'get' }> = {
  method: 'get',
  tags: ['analytics'],
  security: BEARER,
}
const returned = {
  openings: 1200,
  paid: '300000',
  won: '271500',
  returnToPlayer: 0.905,
  expected: 0.9,
  low: 0.81,
  high: 0.99,
  outside: false,
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
      200: json(userStats.meta({ id: 'UserStats' }), 'Complete up to a moment ago.', {
        lastAt: 1_790_000_000_000,
        assets: [exampleMoney],
      }),
      ...refusals('request/not-found', ...CALLER),
    },
  }),
  overview: createRoute({
    ...get,
    path: '/analytics/global/overview',
    operationId: 'getOverview',
    summary: 'What the tenant’s users have wagered and won, by asset',
    responses: {
      200: json(overview.meta({ id: 'Overview' }), 'Complete up to a moment ago.', {
        users: 1042,
        assets: [exampleMoney],
      }),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
  days: createRoute({
    ...get,
    path: '/analytics/global/days',
    operationId: 'getDays',
    summary: 'The same for each day of UTC',
    request: { query: dayRange },
    responses: {
      200: json(z.object({ days: z.array(dayFigures.meta({ id: 'DayFigures' })) }), 'Days first, then assets.', {
        days: [{ ...exampleMoney, day: '2026-01-31', users: 310 }],
      }),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
  boxes: createRoute({
    ...get,
    path: '/analytics/global/boxes',
    operationId: 'getBoxFigures',
    summary: 'What each box and each of its versions gave back, beside what their exact odds promise',
    responses: {
      200: json(z.object({ boxes: z.array(boxFigures.meta({ id: 'BoxFigures' })) }), 'By box.', {
        boxes: [
          {
            box: 'gold',
            asset: 'play:CREDIT',
            ...returned,
            draws: 310,
            drawn: '70100',
            versions: [{ version: 1, ...returned }],
          },
        ],
      }),
      ...refusals('auth/forbidden', ...CALLER),
    },
  }),
} as const

/** What has been played, as figures: one's own for everyone, the tenant's for those who run it. */
export function addAnalytics(app: Services, { access, analytics, catalog }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.user, middleware: gates.signedIn }, async (c) => {
    const { principal } = c.var
    const { userId } = c.req.valid('param')
    // Whoever may not ask learns nothing, not even whether there is such a user.
    if (userId !== principal.user && !may(principal, 'analytics.read')) throw new RollingDropError('request/not-found')
    if (userId !== principal.user && !(await access.names(principal.tenant, [userId])).has(userId))
      throw new RollingDropError('request/not-found')
    const { last_ms, assets } = await analytics.user(principal.tenant, userId)
    return c.json({ lastAt: last_ms, assets: assets.map(moneyJson) }, 200)
  })
  app.openapi({ ...routes.overview, middleware: gates.staff('analytics.read') }, async (c) => {
    const { users, assets } = await analytics.overview(c.var.principal.tenant)
    return c.json({ users, assets: assets.map(moneyJson) }, 200)
  })
  app.openapi({ ...routes.days, middleware: gates.staff('analytics.read') }, async (c) => {
    const range = c.req.valid('query')
    demandRange(range)
    const days = await analytics.days(c.var.principal.tenant, range)
    return c.json(
      { days: days.map(({ day, users, ...money }) => Object.assign({ day, users }, moneyJson(money))) },
      200,
    )
  })
  app.openapi({ ...routes.boxes, middleware: gates.staff('analytics.read') }, async (c) => {
    const { tenant } = c.var.principal
    const [boxes, versions] = await Promise.all([analytics.boxes(tenant), analytics.versions(tenant)])
    const opened = await Promise.all(versions.map((figures) => openedOf(catalog, tenant, figures)))
    return c.json({ boxes: boxes.map((box) => boxJson(box, opened)) }, 200)
  })
}

type OpenedVersion = Opened & Readonly<{ figures: VersionFigures }>

async function openedOf(catalog: Catalog, tenant: TenantId, figures: VersionFigures): Promise<OpenedVersion> {
  const published = await catalog.box(tenant, figures.box, figures.version)
  return { figures, box: published?.box }
}

function boxJson(figures: BoxFigures, all: readonly OpenedVersion[]) {
  const { box, asset, openings, paid, won, draws, drawn } = figures
  const own = all.filter(({ figures: of }) => of.box === box && of.asset === asset)
  const { expected, low, high, outside } = returnedOf(own)
  const known = paid === 0n ? null : Number(won) / Number(paid)
  return {
    box,
    asset,
    ...returnedJson({ openings, paid, won, returnToPlayer: known, expected, low, high, outside }),
    draws,
    drawn: `${drawn}`,
    versions: own.map((each) => Object.assign({ version: each.figures.version }, returnedJson(returnedOf([each])))),
  }
}

function returnedJson({ paid, won, ...rest }: Returned) {
  return { ...rest, paid: `${paid}`, won: `${won}` }
}
