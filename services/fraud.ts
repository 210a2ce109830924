import { findGroups, findMembers, type Member } from '../access/signal-groups.ts'
import { paced, type Given, type ItemValue, type Pace, type PaceBounds, type PaceUnit } from '../schema/analytics.ts'
import { RollingDropError } from '../schema/errors.ts'
import { VELOCITY_DAYS_MAX } from '../schema/fraud.ts'
import type { Gates } from './caller.ts'
import { fraudRoutes as routes } from './fraud-routes.ts'
import { circles, oneSided } from './gift-rings.ts'
import type { ServiceParts, Services } from './parts.ts'

const DAY_MS = 86_400_000
/** The largest flows are looked at for circles. */
const FLOWS_MAX = 1000

/** What looks like fraud, for those who look after it. */
export function addFraud(app: Services, parts: ServiceParts, gates: Gates): void {
  addVelocity(app, parts, gates)
  addShared(app, parts, gates)
  addGifts(app, parts, gates)
}

function addVelocity(app: Services, { analytics, config, clock }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.velocity, middleware: gates.staff('fraud.read') }, async (c) => {
    const { unit, days, limit } = c.req.valid('query')
    demandLookback(unit, days)
    const bounds = config.fraud.pace[unit]
    const from_ms = clock() - days * DAY_MS
    const found = await analytics.paces(c.var.principal.tenant, { unit, bounds, from_ms, limit })
    return c.json({ findings: found.map((pace) => velocityJson(pace, bounds)) }, 200)
  })
  app.openapi({ ...routes.chargeBacks, middleware: gates.staff('fraud.read') }, async (c) => {
    const found = await analytics.reversed(c.var.principal.tenant, c.req.valid('query').limit)
    const users = found.map(({ user, asset, deposited, reversed }) => ({
      user,
      asset,
      rule: 'charged-back',
      deposited: `${deposited}`,
      reversed: `${reversed}`,
    }))
    return c.json({ users }, 200)
  })
}

function demandLookback(unit: PaceUnit, days: number): void {
  const most = VELOCITY_DAYS_MAX[unit]
  if (days <= most) return
  throw new RollingDropError('request/invalid', {
    issues: [{ path: 'days', message: `at most ${most} by the ${unit}` }],
  })
}

function velocityJson({ user, unit, at_ms, ...counts }: Pace, bounds: PaceBounds) {
  const passed = paced.flatMap((what) => {
    const bound = bounds[what]
    const count = counts[what]
    return bound !== undefined && count > bound ? [{ rule: `${what}-per-${unit}`, what, count, bound }] : []
  })
  return { user, unit, at: at_ms, passed, ...counts }
}

function addShared(app: Services, { pool, config }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.shared, middleware: gates.staff('fraud.read') }, async (c) => {
    const { kind, cursor, limit } = c.req.valid('query')
    const bound = config.fraud.shared[kind]
    const [users, id] = cursor?.split('.') ?? []
    const after = users === undefined || id === undefined ? undefined : { users: Number(users), id }
    const found = await findGroups(pool, c.var.principal.tenant, { kind, least: bound, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const groups = page.map((group) => ({
      group: group.id,
      kind,
      rule: `shared-${kind}`,
      users: group.users,
      bound,
      members: group.members.map(memberJson),
    }))
    return c.json({ groups, next: found.length > limit && last ? `${last.users}.${last.id}` : null }, 200)
  })
  app.openapi({ ...routes.members, middleware: gates.staff('fraud.read') }, async (c) => {
    const { kind, group } = c.req.valid('param')
    const { cursor: after = '', limit } = c.req.valid('query')
    const found = await findMembers(pool, c.var.principal.tenant, { kind, id: group, after, limit: limit + 1 })
    if (found.length === 0 && after === '') throw new RollingDropError('request/not-found')
    const page = found.slice(0, limit)
    return c.json({ members: page.map(memberJson), next: found.length > limit ? page.at(-1)!.user : null }, 200)
  })
}

function memberJson({ user, first_ms, last_ms, count }: Member) {
  return { user, firstAt: first_ms, lastAt: last_ms, count }
}

function addGifts(app: Services, { analytics, catalog, config }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.gifts, middleware: gates.staff('fraud.read') }, async (c) => {
    const { tenant } = c.var.principal
    const { limit } = c.req.valid('query')
    const values: ItemValue[] = [...(await catalog.items(tenant))].map(([asset, { money, prize }]) => ({
      asset,
      money,
      value: prize.value,
    }))
    const least = config.fraud.given
    const flows = await analytics.given(tenant, { values, least, limit: FLOWS_MAX })
    const found = circles(flows).slice(0, limit)
    return c.json(
      {
        oneSided: oneSided(flows)
          .slice(0, limit)
          .map((flow) => flowJson(flow, least)),
        circles: found.map(({ asset, users, least: round }) => ({
          asset,
          rule: 'circle',
          bound: `${least}`,
          users: [...users],
          least: `${round}`,
        })),
      },
      200,
    )
  })
}

function flowJson({ user, other, asset, gifts, given, back, last_ms }: Given, least: bigint) {
  return {
    asset,
    rule: 'one-sided',
    bound: `${least}`,
    from: user,
    to: other,
    gifts,
    given: `${given}`,
    back: `${back}`,
    lastAt: last_ms,
  }
}
