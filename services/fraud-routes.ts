import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import {
  chargeBacks,
  chargeBacksQuery,
  gifts,
  giftsQuery,
  members,
  membersPath,
  membersQuery,
  shared,
  sharedQuery,
  velocity,
  velocityQuery,
} from '../schema/fraud.ts'
import { BEARER, json } from './openapi.ts'
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
const ANN = '018bcfe5-6800-7000-8000-000000000001'
const BOB = '018bcfe5-6800-7000-8000-000000000002'
const CYD = '018bcfe5-6800-7000-8000-000000000003'
const AT = 1_790_000_000_000
const GROUP = 'q83vASNFZ4mrze8BI0VniQ'
const member = { user: ANN, firstAt: AT, lastAt: AT, count: 3 }

export const fraudRoutes = {
  velocity: createRoute({
    ...get,
    path: '/admin/fraud/velocity',
    operationId: 'getFraudVelocity',
    summary: 'Who did more within a minute, an hour or a day than a person does',
    responses: {
      200: json(velocity.meta({ id: 'FraudVelocity' }), 'The latest first.', {
        findings: [
          {
            user: ANN,
            unit: 'hour',
            at: AT,
            passed: [{ rule: 'deposits-per-hour', what: 'deposits', count: 14, bound: 10 }],
            openings: 30,
            deposits: 14,
            withdrawals: 0,
            trades: 2,
          },
        ],
      }),
      ...REFUSALS,
    },
    request: { query: velocityQuery },
  }),
  shared: createRoute({
    ...get,
    path: '/admin/fraud/shared',
    operationId: 'getFraudShared',
    summary: 'Who shares a device, an address or an account that money is paid out to',
    description: 'What they share is kept as a keyed digest only: it can be compared, and not be read.',
    responses: {
      200: json(shared.meta({ id: 'FraudShared' }), 'The largest groups first.', {
        groups: [{ group: GROUP, kind: 'payout', rule: 'shared-payout', users: 3, bound: 2, members: [member] }],
        next: null,
      }),
      ...REFUSALS,
    },
    request: { query: sharedQuery },
  }),
  members: createRoute({
    ...get,
    path: '/admin/fraud/shared/{kind}/{group}',
    operationId: 'getFraudSharedUsers',
    summary: 'All who share it',
    responses: {
      200: json(members.meta({ id: 'FraudSharedUsers' }), 'By id.', { members: [member], next: null }),
      ...refusals(
        'request/not-found',
        'auth/forbidden',
        'auth/token-missing',
        'auth/token-invalid',
        'auth/token-expired',
        'auth/revoked',
      ),
    },
    request: { params: membersPath, query: membersQuery },
  }),
  gifts: createRoute({
    ...get,
    path: '/admin/fraud/gifts',
    operationId: 'getFraudGifts',
    summary: 'Who gives far more than comes back, and what goes round in circles',
    description:
      'Gifts, trades and sales between users, items at what they are worth now. Of the thousand largest flows from one to another.',
    responses: {
      200: json(gifts.meta({ id: 'FraudGifts' }), 'The largest first.', {
        oneSided: [
          {
            asset: 'USD',
            rule: 'one-sided',
            bound: '10000',
            from: ANN,
            to: BOB,
            gifts: 4,
            given: '52000',
            back: '100',
            lastAt: AT,
          },
        ],
        circles: [{ asset: 'USD', rule: 'circle', bound: '10000', users: [ANN, BOB, CYD], least: '12000' }],
      }),
      ...REFUSALS,
    },
    request: { query: giftsQuery },
  }),
  chargeBacks: createRoute({
    ...get,
    path: '/admin/fraud/charge-backs',
    operationId: 'getFraudChargeBacks',
    summary: 'Whose deposits were charged back',
    responses: {
      200: json(chargeBacks.meta({ id: 'FraudChargeBacks' }), 'The most first.', {
        users: [{ user: ANN, asset: 'USD', rule: 'charged-back', deposited: '20000', reversed: '5000' }],
      }),
      ...REFUSALS,
    },
    request: { query: chargeBacksQuery },
  }),
} as const
