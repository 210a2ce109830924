import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Principal } from '../access/access.ts'
import {
  commissionRule,
  madePartner,
  newPartner,
  partnerPage,
  partnerQuota,
  partnerView,
} from '../schema/partner-api.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import { examples } from './partner-examples.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const STAFF = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
  'ledger/overloaded',
  'ledger/unavailable',
] as const
const KEYED = ['request/key-missing', 'request/key-reused'] as const
const staff = { tags: ['admin'], security: BEARER }
const params = z.object({ name: z.string().max(30) })
const changed = json(partnerView.meta({ id: 'PartnerView' }), 'As it stands now.', examples.partner)

/** A move of a partner from one stage to another. */
function moveRoute<Word extends 'approve' | 'suspend' | 'resume'>(word: Word, summary: string) {
  return createRoute({
    ...staff,
    method: 'post',
    path: `/admin/partners/{name}/${word}`,
    operationId: `${word}Partner`,
    summary,
    parameters: [IDEMPOTENCY_KEY],
    request: { params },
    responses: { 200: changed, ...refusals(...STAFF, ...KEYED, 'partner/unknown', 'partner/state') },
  })
}

const routes = {
  create: createRoute({
    ...staff,
    method: 'post',
    path: '/admin/partners',
    operationId: 'createPartner',
    summary: 'A new partner with a sandbox full of test data',
    description:
      'Its tenants are its name, for its users, and its name with `-sandbox`. Whoever looks after it signs in to the first: the ' +
      'invitation sets their password.',
    parameters: [IDEMPOTENCY_KEY],
    request: jsonBody(newPartner, examples.newPartner),
    responses: {
      201: json(madePartner.meta({ id: 'MadePartner' }), 'Made, or made before under this key.', examples.madePartner),
      ...refusals(...STAFF, ...KEYED, 'partner/exists'),
    },
  }),
  list: createRoute({
    ...staff,
    method: 'get',
    path: '/admin/partners',
    operationId: 'listPartners',
    summary: 'All partners, by name',
    request: { query: z.object({ cursor: z.string().max(30).optional() }) },
    responses: {
      200: json(partnerPage.meta({ id: 'PartnerPage' }), 'A page.', examples.partners),
      ...refusals(...STAFF),
    },
  }),
  get: createRoute({
    ...staff,
    method: 'get',
    path: '/admin/partners/{name}',
    operationId: 'getPartner',
    summary: 'One partner',
    request: { params },
    responses: { 200: changed, ...refusals(...STAFF, 'partner/unknown') },
  }),
  approve: moveRoute('approve', 'Lets a partner that has asked for it into production'),
  suspend: moveRoute('suspend', 'Takes no more calls of a partner and closes its feeds, on every node'),
  resume: moveRoute('resume', 'Brings a suspended partner back to the stage it had'),
  quota: createRoute({
    ...staff,
    method: 'put',
    path: '/admin/partners/{name}/quota',
    operationId: 'setPartnerQuota',
    summary: 'Sets what a partner may use of one node; what is left out stays',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(partnerQuota, examples.quota) },
    responses: { 200: changed, ...refusals(...STAFF, ...KEYED, 'partner/unknown') },
  }),
  commission: createRoute({
    ...staff,
    method: 'put',
    path: '/admin/partners/{name}/commission',
    operationId: 'setPartnerCommission',
    summary: 'Sets what a partner earns of each opening from now on',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(commissionRule, examples.commission) },
    responses: { 200: changed, ...refusals(...STAFF, ...KEYED, 'partner/unknown') },
  }),
} as const

/** What the staff does for partners. */
export function addAdminPartners(app: Services, { partnering: { desk } }: ServiceParts, gates: Gates): void {
  const manage = gates.staff('partners.manage')
  const command = gates.staffCommand('partners.manage')
  app.openapi({ ...routes.create, middleware: command }, async (c) =>
    c.json(await desk.create(c.var.principal, c.var.key, c.req.valid('json')), 201),
  )
  app.openapi({ ...routes.list, middleware: manage }, async (c) =>
    c.json(await desk.list(c.req.valid('query').cursor), 200),
  )
  app.openapi({ ...routes.get, middleware: manage }, async (c) =>
    c.json(await desk.view(c.req.valid('param').name), 200),
  )
  for (const word of ['approve', 'suspend', 'resume'] as const) {
    const move = (by: Principal, name: string) => desk[word](by, name)
    app.openapi({ ...routes[word], middleware: command }, async (c) =>
      c.json(await move(c.var.principal, c.req.valid('param').name), 200),
    )
  }
  app.openapi({ ...routes.quota, middleware: command }, async (c) =>
    c.json(await desk.setQuota(c.var.principal, c.req.valid('param').name, c.req.valid('json')), 200),
  )
  app.openapi({ ...routes.commission, middleware: command }, async (c) =>
    c.json(await desk.setCommission(c.var.principal, c.req.valid('param').name, c.req.valid('json')), 200),
  )
}
