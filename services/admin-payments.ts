import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  day,
  paymentId,
  reconciliation,
  refund,
  staffPayment,
  staffPaymentPage,
  staffPaymentQuery,
} from '../schema/wallet.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { paymentExample, reconciliationExample, staffWithdrawalExample } from './wallet-examples.ts'

const DAY_MS = 86_400_000
const staff = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
] as const
const commands = [
  'request/key-missing',
  'request/key-reused',
  ...staff,
  'payment/unknown',
  'payment/state',
  'ledger/overloaded',
  'ledger/unavailable',
] as const
const told = staffPayment.meta({ id: 'StaffPayment' })
const page = staffPaymentPage.meta({ id: 'StaffPaymentPage' })

const listRoute = createRoute({
  method: 'get',
  path: '/admin/payments',
  operationId: 'listAllPayments',
  tags: ['admin'],
  summary: 'Payments of all users, newest first',
  security: BEARER,
  request: { query: staffPaymentQuery },
  responses: {
    200: json(page, 'In and out.', { payments: [staffWithdrawalExample], next: null }),
    ...refusals(...staff, 'ledger/unavailable'),
  },
})

const withdrawalsRoute = createRoute({
  method: 'get',
  path: '/admin/withdrawals',
  operationId: 'listWithdrawals',
  tags: ['admin'],
  summary: 'Withdrawals, newest first: those that wait to be looked at, unless asked otherwise',
  security: BEARER,
  request: {
    query: staffPaymentQuery
      .omit({ direction: true })
      .extend({ state: staffPaymentQuery.shape.state.unwrap().default('waiting') }),
  },
  responses: {
    200: json(page, '`reasons` says why one waits.', { payments: [staffWithdrawalExample], next: null }),
    ...refusals(...staff, 'ledger/unavailable'),
  },
})

const refundRoute = createRoute({
  method: 'post',
  path: '/admin/payments/{id}/refund',
  operationId: 'refundPayment',
  tags: ['admin'],
  summary: 'Gives a payment back, or a part of it',
  description: 'The money is taken from its user at once, and goes when the provider has done its part.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: { params: paymentId, ...jsonBody(refund, { amount: '2500' }) },
  responses: {
    200: json(told, 'Reserved; `refunded` follows.', { ...staffWithdrawalExample, ...paymentExample, reasons: [] }),
    ...refusals(...commands, 'payment/amount', 'ledger/insufficient', 'ledger/frozen'),
  },
})

const judged = (verdict: 'approve' | 'refuse', summary: string, state: 'sending' | 'refused') =>
  createRoute({
    method: 'post',
    path: `/admin/withdrawals/{id}/${verdict}`,
    operationId: `${verdict}Withdrawal`,
    tags: ['admin'],
    summary,
    security: BEARER,
    parameters: [IDEMPOTENCY_KEY],
    request: { params: paymentId },
    responses: {
      200: json(told, 'As it stands now.', { ...staffWithdrawalExample, state }),
      ...refusals(...commands, 'user/debt'),
    },
  })

const approveRoute = judged('approve', 'Lets a withdrawal go', 'sending')
const refuseRoute = judged('refuse', 'Gives a withdrawal back to its user', 'refused')

const reconcileRoute = createRoute({
  method: 'get',
  path: '/admin/payments/reconciliation',
  operationId: 'reconcilePayments',
  tags: ['admin'],
  summary: 'The provider’s report of a day (UTC) beside the ledger',
  description: 'What only one side has, or has otherwise, is a difference. Today’s may be on its way still.',
  security: BEARER,
  request: { query: z.object({ day }) },
  responses: {
    200: json(reconciliation.meta({ id: 'Reconciliation' }), 'Nothing is changed by it.', reconciliationExample),
    ...refusals(...staff, 'payment/unavailable', 'ledger/unavailable'),
  },
})

/** Payments as staff see them. */
export function addAdminPayments(app: Services, { wallet }: ServiceParts, gates: Gates): void {
  const reads = gates.staff('payments.read')
  app.openapi({ ...listRoute, middleware: reads }, async (c) =>
    c.json(await wallet.allPayments(c.var.principal.tenant, c.req.valid('query')), 200),
  )
  app.openapi({ ...reconcileRoute, middleware: reads }, async (c) => {
    const since_ms = Date.parse(`${c.req.valid('query').day}T00:00:00Z`)
    return c.json(await wallet.reconcile(c.var.principal.tenant, since_ms, since_ms + DAY_MS), 200)
  })
  app.openapi({ ...withdrawalsRoute, middleware: reads }, async (c) => {
    const filter = { ...c.req.valid('query'), direction: 'out' }
    return c.json(await wallet.allPayments(c.var.principal.tenant, filter), 200)
  })
  app.openapi({ ...refundRoute, middleware: gates.staffCommand('payments.refund') }, async (c) => {
    const wanted = { id: c.req.valid('param').id, ...c.req.valid('json') }
    return c.json(await wallet.refund(c.var.principal, c.var.key, wanted), 200)
  })
  const reviews = gates.staffCommand('payments.review')
  app.openapi({ ...approveRoute, middleware: reviews }, async (c) => {
    const wanted = { id: c.req.valid('param').id, verdict: 'approve' } as const
    return c.json(await wallet.judge(c.var.principal, c.var.key, wanted), 200)
  })
  app.openapi({ ...refuseRoute, middleware: reviews }, async (c) => {
    const wanted = { id: c.req.valid('param').id, verdict: 'refuse' } as const
    return c.json(await wallet.judge(c.var.principal, c.var.key, wanted), 200)
  })
}
