import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  erasedNow,
  exported,
  exportExample,
  frozenNow,
  roleChange,
  rolesNow,
  userPage,
  userRecord,
  type UserSummary,
} from '../schema/staff.ts'
import type { Gates } from './caller.ts'
import { asJson, BEARER, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const CALLER = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
  'ledger/overloaded',
  'ledger/unavailable',
] as const
const params = z.object({ id: z.string().max(64).describe('of a user of one’s own tenant') })
const ID = '018bcfe5-6800-7000-8000-000000000001'
const user: UserSummary = {
  id: ID,
  name: 'Ann',
  email: 'ann@example.org',
  guest: false,
  roles: ['player'],
  createdAt: 1_790_000_000_000,
  frozen: false,
  erased: false,
}
const act = {
  seq: '4711',
  at: 1_790_000_000_000,
  by: ID,
  action: 'user.freeze',
  object: `user:${ID}`,
  before: { frozen: false },
  after: { frozen: true },
}

const routes = {
  find: createRoute({
    method: 'get',
    path: '/admin/users',
    operationId: 'findUsers',
    tags: ['admin'],
    summary: 'People by id, mail address, or how their name begins',
    description: 'Without a query the newest. Whom it has shown is recorded as an act, not what was asked.',
    security: BEARER,
    request: {
      query: z.object({
        query: z.string().max(254).default(''),
        cursor: z.uuid().optional(),
        limit: z.coerce.number().int().min(1).max(100).default(20),
      }),
    },
    responses: {
      200: json(userPage.meta({ id: 'UserPage' }), 'Of one’s own tenant.', { users: [user], next: null }),
      ...refusals(...CALLER),
    },
  }),
  read: createRoute({
    method: 'get',
    path: '/admin/users/{id}',
    operationId: 'getUser',
    tags: ['admin'],
    summary: 'Somebody’s account, sessions, money, standing, and what the staff did to them',
    description: 'That it was read is recorded as an act.',
    security: BEARER,
    request: { params },
    responses: {
      200: json(userRecord.meta({ id: 'UserRecord' }), 'As it stands now.', {
        user,
        secondFactor: true,
        sessions: [{ id: ID, device: 'Firefox', createdAt: 1_790_000_000_000 }],
        balances: [{ asset: 'USD', balance: '1250', held: '0', frozen: false }],
        debts: [],
        acts: [act],
      }),
      ...refusals('user/unknown', ...CALLER),
    },
  }),
  roles: createRoute({
    method: 'post',
    path: '/admin/users/{id}/roles',
    operationId: 'changeRoles',
    tags: ['admin'],
    summary: 'Gives and takes roles, and ends the user’s sessions',
    description:
      'Nobody takes their own role of an admin, and the last admin stays one. `partner-admin` is a role in the tenant of a ' +
      'partner, `support` and `admin` are roles in ours; guests have none.',
    security: BEARER,
    request: { params, ...jsonBody(roleChange, { add: ['support'], remove: [] }) },
    responses: {
      200: json(rolesNow.meta({ id: 'Roles' }), 'The roles they have now.', { roles: ['player', 'support'] }),
      ...refusals('user/unknown', 'auth/role', ...CALLER),
    },
  }),
  endSessions: createRoute({
    method: 'post',
    path: '/admin/users/{id}/sessions/end',
    operationId: 'endUserSessions',
    tags: ['admin'],
    summary: 'Ends all sessions of somebody, on every node within 5 s',
    security: BEARER,
    request: { params },
    responses: { 204: { description: 'Ended.' }, ...refusals('user/unknown', ...CALLER) },
  }),
  freeze: createRoute({
    method: 'post',
    path: '/admin/users/{id}/freeze',
    operationId: 'freezeUser',
    tags: ['admin'],
    summary: 'Freezes all that somebody has and gets: it may come in, and none may go out',
    security: BEARER,
    request: { params },
    responses: {
      200: json(frozenNow.meta({ id: 'Frozen' }), 'Frozen.', { frozen: true }),
      ...refusals('user/unknown', ...CALLER),
    },
  }),
  unfreeze: createRoute({
    method: 'post',
    path: '/admin/users/{id}/unfreeze',
    operationId: 'unfreezeUser',
    tags: ['admin'],
    summary: 'Frees what somebody has, but for money of which they owe something',
    security: BEARER,
    request: { params },
    responses: {
      200: json(frozenNow.meta({ id: 'Frozen' }), 'Free.', { frozen: false }),
      ...refusals('user/unknown', ...CALLER),
    },
  }),
  export: createRoute({
    method: 'get',
    path: '/admin/users/{id}/export',
    operationId: 'exportUser',
    tags: ['admin'],
    summary: 'All that is kept of somebody, for somebody who asked for it',
    security: BEARER,
    request: { params },
    responses: {
      200: json(exported.meta({ id: 'Exported' }), 'Streamed.', exportExample),
      ...refusals('user/unknown', ...CALLER),
    },
  }),
  erase: createRoute({
    method: 'post',
    path: '/admin/users/{id}/erase',
    operationId: 'eraseUser',
    tags: ['admin'],
    summary: 'Erases who somebody is, for good',
    description:
      'The id stays, with what the ledger says of it. `open` of a refusal names what has to be settled first.',
    security: BEARER,
    request: { params },
    responses: {
      200: json(erasedNow.meta({ id: 'Erased' }), 'Erased.', { erased: true }),
      ...refusals('user/unknown', 'user/unsettled', 'auth/role', ...CALLER),
    },
  }),
} as const

/** What support and admins do with people of their tenant. */
export function addAdminUsers(app: Services, { staff }: ServiceParts, gates: Gates): void {
  app.openapi({ ...routes.find, middleware: gates.staff('users.read') }, async (c) =>
    c.json(await staff.find(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...routes.read, middleware: gates.staff('users.read') }, async (c) =>
    c.json(await staff.read(c.var.principal, c.req.valid('param').id), 200),
  )
  app.openapi({ ...routes.roles, middleware: gates.staff('roles.grant') }, async (c) => {
    const roles = await staff.changeRoles(c.var.principal, c.req.valid('param').id, c.req.valid('json'))
    return c.json({ roles: [...roles] }, 200)
  })
  app.openapi({ ...routes.endSessions, middleware: gates.staff('users.act') }, async (c) => {
    await staff.endSessions(c.var.principal, c.req.valid('param').id)
    return c.body(null, 204)
  })
  for (const [route, frozen] of [
    [routes.freeze, true],
    [routes.unfreeze, false],
  ] as const)
    app.openapi({ ...route, middleware: gates.staff('users.act') }, async (c) => {
      await staff.freeze(c.var.principal, c.req.valid('param').id, frozen)
      return c.json({ frozen }, 200)
    })
  app.openapi({ ...routes.export, middleware: gates.staff('users.act') }, async (c) =>
    asJson(await staff.export(c.var.principal, c.req.valid('param').id)),
  )
  app.openapi({ ...routes.erase, middleware: gates.staff('users.erase') }, async (c) => {
    await staff.erase(c.var.principal, c.req.valid('param').id)
    return c.json({ erased: true as const }, 200)
  })
}
