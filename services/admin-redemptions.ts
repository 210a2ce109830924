import { createRoute } from '@hono/zod-openapi'
import {
  addressedRedemption,
  paymentId,
  staffRedemption,
  staffRedemptionPage,
  staffRedemptionQuery,
} from '../schema/wallet.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { addressExample, staffRedemptionExample } from './wallet-examples.ts'

const staff = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
] as const
const told = staffRedemption.meta({ id: 'StaffRedemption' })

const listRoute = createRoute({
  method: 'get',
  path: '/admin/redemptions',
  operationId: 'listAllRedemptions',
  tags: ['admin'],
  summary: 'What users have had sent to them, newest first',
  security: BEARER,
  request: { query: staffRedemptionQuery },
  responses: {
    200: json(staffRedemptionPage.meta({ id: 'StaffRedemptionPage' }), 'Without addresses.', {
      redemptions: [staffRedemptionExample],
      next: null,
    }),
    ...refusals(...staff, 'ledger/unavailable'),
  },
})

const getRoute = createRoute({
  method: 'get',
  path: '/admin/redemptions/{id}',
  operationId: 'getRedemption',
  tags: ['admin'],
  summary: 'One redemption, and where it goes',
  security: BEARER,
  request: { params: paymentId },
  responses: {
    200: json(addressedRedemption.meta({ id: 'AddressedRedemption' }), 'The address is null once it is erased.', {
      ...staffRedemptionExample,
      address: addressExample,
    }),
    ...refusals(...staff, 'redeem/unknown', 'ledger/unavailable'),
  },
})

const ended = (word: 'ship' | 'void', state: 'shipped' | 'voided', summary: string) =>
  createRoute({
    method: 'post',
    path: `/admin/redemptions/{id}/${word}`,
    operationId: `${word}Redemption`,
    tags: ['admin'],
    summary,
    security: BEARER,
    parameters: [IDEMPOTENCY_KEY],
    request: { params: paymentId },
    responses: {
      200: json(told, 'As it stands now.', { ...staffRedemptionExample, state }),
      ...refusals(
        'request/key-missing',
        'request/key-reused',
        ...staff,
        'redeem/unknown',
        'redeem/state',
        'ledger/frozen',
        'ledger/overloaded',
        'ledger/unavailable',
      ),
    },
  })

const shipRoute = ended('ship', 'shipped', 'Things are on their way: they leave the books')
const voidRoute = ended('void', 'voided', 'Things cannot be sent: they are their user’s again')

/** Redemptions as staff see them. */
export function addAdminRedemptions(app: Services, { wallet }: ServiceParts, gates: Gates): void {
  const reads = gates.staff('payments.read')
  app.openapi({ ...listRoute, middleware: reads }, async (c) =>
    c.json(await wallet.allRedemptions(c.var.principal.tenant, c.req.valid('query')), 200),
  )
  app.openapi({ ...getRoute, middleware: gates.staff('payments.review') }, async (c) =>
    c.json(await wallet.redemption(c.var.principal.tenant, c.req.valid('param').id), 200),
  )
  const ends = gates.staffCommand('payments.review')
  app.openapi({ ...shipRoute, middleware: ends }, async (c) => {
    const wanted = { id: c.req.valid('param').id, status: 'shipped' } as const
    return c.json(await wallet.endRedemption(c.var.principal, c.var.key, wanted), 200)
  })
  app.openapi({ ...voidRoute, middleware: ends }, async (c) => {
    const wanted = { id: c.req.valid('param').id, status: 'voided' } as const
    return c.json(await wallet.endRedemption(c.var.principal, c.var.key, wanted), 200)
  })
}
