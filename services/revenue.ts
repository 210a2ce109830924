import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Principal } from '../access/access.ts'
import type { PartnerBook, PartnerWorld } from '../access/partners/book.ts'
import { may } from '../access/permissions.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { amounts, counts, type MoneyFigures } from '../schema/analytics.ts'
import { isPlay } from '../schema/asset.ts'
import { dayRange, partnerRevenue, revenue } from '../schema/analytics-http.ts'
import { demandRange, exampleMoney, moneyJson } from './analytics-json.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const get: Pick<RouteConfig, 'tags' | 'security'> & Readonly<{ method: 'get' }> = {
  method: 'get',
  tags: ['analytics'],
  security: BEARER,
}
const REFUSALS = refusals(
  'auth/forbidden',
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
)
const exampleDay = { ...exampleMoney, gross: '39200', net: '39610', day: '2026-01-31', users: 310 }

const routes = {
  revenue: createRoute({
    ...get,
    path: '/analytics/global/revenue',
    operationId: 'getRevenue',
    summary: 'What came in and what was left of it, by day of UTC and asset',
    request: { query: dayRange },
    responses: {
      200: json(revenue.meta({ id: 'Revenue' }), 'Complete up to a moment ago.', {
        days: [exampleDay],
        total: [{ ...exampleMoney, gross: '39200', net: '39610' }],
      }),
      ...REFUSALS,
    },
  }),
  partners: createRoute({
    ...get,
    path: '/analytics/partners',
    operationId: 'getPartnerRevenue',
    summary: 'The same for the worlds of partners, with what they earned of it',
    description: 'Whoever runs a partner’s tenant sees that one; whoever manages partners sees all of them.',
    request: { query: dayRange },
    responses: {
      200: json(partnerRevenue.meta({ id: 'PartnerRevenue' }), 'By tenant, day and asset.', {
        days: [{ partner: 'acme', sandbox: false, tenant: '018bcfe5-6800-7000-8000-000000000009', ...exampleDay }],
      }),
      ...REFUSALS,
    },
  }),
} as const

/** What the house, and what partners, have earned. */
export function addRevenue(app: Services, { analytics, partnerBook }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.revenue, middleware: gates.staff('analytics.read') }, async (c) => {
    const range = c.req.valid('query')
    demandRange(range)
    const days = await analytics.days(c.var.principal.tenant, range)
    return c.json(
      {
        days: days.map(({ day, users, ...money }) => Object.assign({ day, users }, earnedJson(money))),
        total: totals(days).map(earnedJson),
      },
      200,
    )
  })
  app.openapi({ ...routes.partners, middleware: gates.staff('analytics.read') }, async (c) => {
    const range = c.req.valid('query')
    demandRange(range)
    const worlds = await worldsOf(partnerBook, c.var.principal)
    const days = await analytics.tenantDays([...worlds.keys()], range)
    return c.json(
      {
        days: days.map(({ tenant, day, users, ...money }) => {
          const { name: partner, sandbox } = worlds.get(tenant)!
          return Object.assign({ partner, sandbox, tenant, day, users }, earnedJson(money))
        }),
      },
      200,
    )
  })
}

/** Of all partners for those who manage them, else of the caller's own tenant. */
async function worldsOf(book: PartnerBook, principal: Principal): Promise<ReadonlyMap<string, PartnerWorld>> {
  const { tenant } = principal
  const all = tenant === MAIN_TENANT && may(principal, 'partners.manage')
  const worlds = [...(await book.worlds())].filter((world) => all || world.tenant === tenant)
  return new Map(worlds.map((world) => [world.tenant, world]))
}

function earnedJson(money: MoneyFigures) {
  const { asset, wagered, won, granted, fees, commission } = money
  const gross = wagered - won
  // Play money is worth nothing: giving it away costs nothing.
  const given = isPlay(asset) ? 0n : granted
  return { ...moneyJson(money), gross: `${gross}`, net: `${gross + fees - given - commission}` }
}

function totals(days: readonly MoneyFigures[]): readonly MoneyFigures[] {
  const sums = new Map<string, Record<string, unknown>>()
  for (const day of days) {
    const sum = sums.get(day.asset)
    if (!sum) {
      sums.set(day.asset, { ...day })
      continue
    }
    for (const name of counts) sum[name] = Number(sum[name]) + day[name]
    for (const name of amounts) sum[name] = (sum[name] as bigint) + day[name]
  }
  return [...sums.values()] as unknown as readonly MoneyFigures[]
}
