import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  debts,
  deposit,
  payment,
  paymentDetail,
  paymentId,
  paymentMoney,
  paymentPage,
  paymentQuery,
  withdraw,
} from '../schema/wallet.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'
import { begunExample, paymentExample, withdrawalExample } from './wallet-examples.ts'

const signedIn = ['auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'] as const
const keyed = ['request/key-missing', 'request/key-reused', ...signedIn] as const
const books = ['ledger/overloaded', 'ledger/unavailable'] as const
const detail = paymentDetail.meta({ id: 'PaymentDetail' })

const depositRoute = createRoute({
  method: 'post',
  path: '/transactions/deposit',
  operationId: 'deposit',
  tags: ['wallet'],
  summary: 'Begins to pay money in',
  description:
    'The answer says where it is paid (`url`). It counts once the provider has told us so; what you owe is paid first. It passes the limit ' +
    'that you have set for yourself, which gets it back when nothing comes of it on the same day.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(deposit, { asset: 'USD', amount: '5000' }),
  responses: {
    200: json(detail, 'Begun, or begun before under this key.', begunExample),
    ...refusals(
      ...keyed,
      'payment/asset',
      'payment/amount',
      'payment/unavailable',
      'limit/exceeded',
      'limit/excluded',
      'person/age-unknown',
      'person/too-young',
      'box/not-sold-here',
      ...books,
    ),
  },
})

const withdrawRoute = createRoute({
  method: 'post',
  path: '/transactions/withdraw',
  operationId: 'withdraw',
  tags: ['wallet'],
  summary: 'Pays money out',
  description:
    'The money is reserved at once. Where nothing speaks against it, it is sent by itself; otherwise somebody looks at it first (`waiting`). ' +
    'What is refused, or cannot be paid out, is yours again. Before the first one you prove who you are.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(withdraw, { asset: 'USD', amount: '5000', target: 'DE02 1203 0000 0000 2020 51' }),
  responses: {
    200: json(payment.meta({ id: 'Payment' }), 'Reserved, or reserved before under this key.', withdrawalExample),
    ...refusals(
      ...keyed,
      'auth/confirm',
      'payment/asset',
      'payment/amount',
      'payment/unavailable',
      'person/unproven',
      'person/proof-pending',
      'user/debt',
      'ledger/insufficient',
      'ledger/frozen',
      ...books,
    ),
  },
})

const moneyRoute = createRoute({
  method: 'get',
  path: '/payments/money',
  operationId: 'getPaymentMoney',
  tags: ['wallet'],
  summary: 'What can be paid in and out, and how much at once',
  responses: {
    200: json(paymentMoney.meta({ id: 'PaymentMoney' }), 'In smallest units.', {
      provider: 'sandbox',
      money: [{ asset: 'USD', min: '100', max: '1000000' }],
    }),
    ...refusals(),
  },
})

const listRoute = createRoute({
  method: 'get',
  path: '/payments',
  operationId: 'listPayments',
  tags: ['wallet'],
  summary: 'Your payments, newest first',
  security: BEARER,
  request: { query: paymentQuery },
  responses: {
    200: json(paymentPage.meta({ id: 'PaymentPage' }), 'In and out.', { payments: [paymentExample], next: null }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const getRoute = createRoute({
  method: 'get',
  path: '/payments/{id}',
  operationId: 'getPayment',
  tags: ['wallet'],
  summary: 'One of your payments, and where it is paid as long as it is open',
  security: BEARER,
  request: { params: paymentId },
  responses: {
    200: json(detail, 'As it stands.', begunExample),
    ...refusals(...signedIn, 'payment/unknown', 'payment/unavailable', 'ledger/unavailable'),
  },
})

const debtsRoute = createRoute({
  method: 'get',
  path: '/debts',
  operationId: 'listDebts',
  tags: ['wallet'],
  summary: 'What you owe after charge-backs',
  description: 'As long as you owe something of a money, none of it can be spent. What is paid in pays it first.',
  security: BEARER,
  responses: {
    200: json(debts.meta({ id: 'Debts' }), 'By money; empty when you owe nothing.', {
      debts: [{ asset: 'USD', owed: '2500', frozen: true }],
    }),
    ...refusals(...signedIn, 'ledger/unavailable'),
  },
})

const webhookRoute = createRoute({
  method: 'post',
  path: '/payments/webhooks/{provider}',
  operationId: 'hearPayment',
  tags: ['operations'],
  summary: 'Where a payment provider tells what has become of a payment',
  description:
    'Signed as Standard Webhooks says: `webhook-signature` is `v1,` and the HMAC-SHA256 (base64) of `webhook-id`, `webhook-timestamp` (s, ' +
    '± 300) and the body, parted by dots. Late, twice or out of order it all ends the same; whoever is not answered with 2xx tells again.',
  request: {
    params: z.object({ provider: z.string().max(40) }),
    ...jsonBody(z.record(z.string(), z.unknown()), {
      type: 'paid',
      payment: paymentExample.id,
      part: 'paid',
      asset: 'USD',
      amount: '5000',
      at_ms: 1_790_000_000_000,
    }),
  },
  responses: {
    204: { description: 'Taken, now or before.' },
    ...refusals(
      'payment/signature',
      'payment/unknown',
      'payment/asset',
      'payment/amount',
      'payment/state',
      'payment/unavailable',
      'request/not-found',
      ...books,
    ),
  },
})

/** Money in and out. */
export function addPayments(app: Services, { wallet }: ServiceParts, gates: Gates): void {
  app.openapi({ ...depositRoute, middleware: gates.command }, async (c) =>
    c.json(await wallet.deposit(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi({ ...withdrawRoute, middleware: gates.confirmedCommand }, async (c) =>
    c.json(await wallet.withdraw(c.var.principal, c.var.key, c.req.valid('json')), 200),
  )
  app.openapi(moneyRoute, (c) => c.json(wallet.money(), 200))
  app.openapi({ ...listRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await wallet.payments(c.var.principal, c.req.valid('query')), 200),
  )
  app.openapi({ ...getRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await wallet.payment(c.var.principal, c.req.valid('param').id), 200),
  )
  app.openapi({ ...debtsRoute, middleware: gates.signedIn }, async (c) =>
    c.json(await wallet.debts(c.var.principal), 200),
  )
  app.openapi(webhookRoute, async (c) => {
    const webhook = { headers: c.req.header(), body: await c.req.text() }
    await wallet.heard(c.req.valid('param').provider, webhook)
    return c.body(null, 204)
  })
}
