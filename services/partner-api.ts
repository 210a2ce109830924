import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { readStock } from '../catalog/stock.ts'
import { itemAsset } from '../schema/asset.ts'
import { tokens } from '../schema/http.ts'
import { partnerSecuritySchemes, PARTNER_SECURITY } from '../schema/partner.ts'
import {
  externalId,
  fundsMoved,
  moveFunds,
  newPartnerUser,
  partnerBoxes,
  partnerOpenBox,
  partnerOpened,
  partnerOpening,
  partnerUser,
  partnerUserMade,
} from '../schema/partner-api.ts'
import { itemsOf } from './boxes.ts'
import { IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import { examples } from './partner-examples.ts'
import { createPartnerGate, SIGNED } from './partner-gate.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const params = { params: z.object({ externalId }) }
const KEYED = ['request/key-missing', 'request/key-reused', 'ledger/overloaded'] as const
const signed = { tags: ['partners'], security: PARTNER_SECURITY }

const routes = {
  boxes: createRoute({
    ...signed,
    method: 'get',
    path: '/partner/v1/boxes',
    operationId: 'listPartnerBoxes',
    summary: 'The boxes of your tenant, with every chance',
    responses: {
      200: json(partnerBoxes.meta({ id: 'PartnerBoxes' }), 'Cheapest first.', examples.boxes),
      ...refusals(...SIGNED),
    },
  }),
  makeUser: createRoute({
    ...signed,
    method: 'post',
    path: '/partner/v1/users',
    operationId: 'makePartnerUser',
    summary: 'A user of ours for one of yours; the same one each time',
    description: 'In the sandbox they begin with play credits.',
    request: jsonBody(newPartnerUser, examples.externalId),
    responses: {
      200: json(partnerUserMade.meta({ id: 'PartnerUserMade' }), 'Made, or there already.', examples.userMade),
      ...refusals(...SIGNED),
    },
  }),
  user: createRoute({
    ...signed,
    method: 'get',
    path: '/partner/v1/users/{externalId}',
    operationId: 'getPartnerUser',
    summary: 'What one of your users has',
    request: params,
    responses: {
      200: json(partnerUser.meta({ id: 'PartnerUser' }), 'Balances, items and totals.', examples.user),
      ...refusals(...SIGNED, 'partner/user-unknown'),
    },
  }),
  session: createRoute({
    ...signed,
    method: 'post',
    path: '/partner/v1/users/{externalId}/session',
    operationId: 'signPartnerUserIn',
    summary: 'Signs one of your users in, for your page',
    description:
      'With the token your page opens our sockets and calls our API as this user. Its origin is to be among your domains.',
    request: params,
    responses: {
      201: json(tokens.meta({ id: 'Tokens' }), 'Signed in.', examples.tokens),
      ...refusals(...SIGNED, 'partner/user-unknown'),
    },
  }),
  funds: createRoute({
    ...signed,
    method: 'post',
    path: '/partner/v1/users/{externalId}/funds',
    operationId: 'movePartnerFunds',
    summary: 'Moves money between you and the account of one of your users',
    description:
      'What comes in you owe us, what goes out we owe you: both stand in the statement. Where your own wallet holds the money of ' +
      'your users, none comes in by this way; what they got for items they have sold goes out by it.',
    parameters: [IDEMPOTENCY_KEY],
    request: { ...params, ...jsonBody(moveFunds, examples.funds) },
    responses: {
      200: json(fundsMoved.meta({ id: 'FundsMoved' }), 'Moved, or moved before under this key.', examples.fundsMoved),
      ...refusals(...SIGNED, ...KEYED, 'partner/user-unknown', 'ledger/insufficient', 'ledger/frozen'),
    },
  }),
  openBox: createRoute({
    ...signed,
    method: 'post',
    path: '/partner/v1/open-box',
    operationId: 'openPartnerBox',
    summary: 'Opens a box for one of your users, up to a hundred times in one go',
    description:
      'Your commission is posted in the very outcome of the opening. Where your own wallet holds the money of your users it is asked ' +
      'first: `partner/wallet-refused` and `partner/wallet-away` say that nothing was opened and nothing is taken, in the end; try ' +
      'again under another key.',
    parameters: [IDEMPOTENCY_KEY],
    request: jsonBody(partnerOpenBox, examples.openBox),
    responses: {
      200: json(
        partnerOpened.meta({ id: 'PartnerOpened' }),
        'Opened, or opened before under this key.',
        examples.opened,
      ),
      ...refusals(
        ...SIGNED,
        ...KEYED,
        'partner/user-unknown',
        'partner/wallet-refused',
        'partner/wallet-away',
        'box/unknown',
        'box/changed',
        'opening/nonce',
        'limit/exceeded',
        'limit/excluded',
        'ledger/insufficient',
        'ledger/frozen',
      ),
    },
  }),
  opening: createRoute({
    ...signed,
    method: 'get',
    path: '/partner/v1/openings/{openingId}',
    operationId: 'getPartnerOpening',
    summary: 'An opening in your tenant, with all that is needed to recompute it',
    request: { params: z.object({ openingId: z.string().max(64) }) },
    responses: {
      200: json(
        partnerOpening.meta({ id: 'PartnerOpening' }),
        'The server seed is null until its pair is rotated.',
        examples.opening,
      ),
      ...refusals(...SIGNED, 'opening/unknown'),
    },
  }),
} as const

/** What partners call for their own users, signed. */
export function addPartnerApi(app: Services, { partnerAccess, partnering, catalog, ledger }: ServiceParts): void {
  const gate = createPartnerGate(partnerAccess)
  for (const [name, scheme] of Object.entries(partnerSecuritySchemes))
    app.openAPIRegistry.registerComponent('securitySchemes', name, scheme)

  app.openapi({ ...routes.boxes, middleware: gate.signed }, async (c) => {
    const { tenant } = c.var.partner
    const [boxes, limited] = await Promise.all([catalog.boxes(tenant), catalog.limited(tenant)])
    const stock = limited.size === 0 ? new Map<string, bigint>() : await readStock(ledger.reader, tenant)
    const told = boxes.map((published) => {
      const { asset, prizes } = published.box
      const held = prizes.filter(({ sku }) => limited.has(itemAsset(sku, asset)))
      return itemsOf(published, new Map(held.map(({ sku }) => [sku, stock.get(itemAsset(sku, asset)) ?? 0n])))
    })
    return c.json({ boxes: told }, 200)
  })
  app.openapi({ ...routes.makeUser, middleware: gate.signed }, async (c) => {
    const { externalId: id } = c.req.valid('json')
    const user = await partnering.ensureUser(c.var.partner, id)
    return c.json({ externalId: id, user: user.id }, 200)
  })
  app.openapi({ ...routes.user, middleware: gate.signed }, async (c) => {
    const { externalId: id } = c.req.valid('param')
    const { user, wallet, ...standing } = await partnering.user(c.var.partner, id)
    return c.json({ externalId: id, user: user.id, ...standing, wallet: wallet && [...wallet] }, 200)
  })
  app.openapi({ ...routes.session, middleware: gate.signed }, async (c) =>
    c.json(await partnering.signIn(c.var.partner, c.req.valid('param').externalId), 201),
  )
  app.openapi({ ...routes.funds, middleware: gate.signedCommand }, async (c) => {
    const command = { key: c.var.key, wanted: c.req.valid('json') }
    return c.json(await partnering.moveFunds(c.var.partner, c.req.valid('param').externalId, command), 200)
  })
  app.openapi({ ...routes.openBox, middleware: gate.signedCommand }, async (c) =>
    c.json(await partnering.openBox(c.var.partner, { key: c.var.key, wanted: c.req.valid('json') }), 200),
  )
  app.openapi({ ...routes.opening, middleware: gate.signed }, async (c) =>
    c.json(await partnering.opening(c.var.partner, c.req.valid('param').openingId), 200),
  )
}
