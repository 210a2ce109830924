import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { StatementEntry, StatementKey } from '../ledger/ledger.ts'
import { userOwner } from '../schema/account.ts'
import { isAsset, toAsset } from '../schema/asset.ts'
import { historyPage } from '../schema/http.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const PAGE_MAX = 200
/** What has moved money: the kind of the actor, and its id. */
const ACTOR = /^(battle|payment|redemption|listing|order|trade)-(.{36})$/

const time = z.coerce.number().int().min(0).max(8_640_000_000_000_000)

const route = createRoute({
  method: 'get',
  path: '/transactions/history',
  operationId: 'listTransactions',
  tags: ['wallet'],
  summary: 'Your statement, newest first',
  security: BEARER,
  request: {
    query: z.object({
      cursor: z
        .string()
        .regex(/^[0-9]{1,18}\.[0-9]{1,5}$/, 'not the `next` of a page')
        .optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
      asset: z.string().max(100).refine(isAsset, 'not an asset').optional(),
      kind: z
        .string()
        .regex(/^[a-z][a-z0-9._-]{0,63}$/, 'not a kind')
        .optional()
        .describe('as entries name it: `box.open`, `deposit.post`'),
      from: time.optional().describe('unix ms'),
      to: time.optional().describe('unix ms, not included'),
    }),
  },
  responses: {
    200: json(historyPage.meta({ id: 'HistoryPage' }), 'One entry for each transfer into or out of your accounts.'),
    ...refusals('auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'),
  },
})

export function addHistory(app: Services, { ledger }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.signedIn }, async (c) => {
    const { cursor, limit, asset, kind, from, to } = c.req.valid('query')
    const { tenant, user } = c.var.principal
    const entries = await ledger.reader.statement({
      tenant,
      owner: userOwner(user),
      limit: limit + 1,
      ...(cursor && { before: keyOf(cursor) }),
      ...(asset && { asset: toAsset(asset) }),
      ...(kind && { kind }),
      ...(from !== undefined && { since_ms: from }),
      ...(to !== undefined && { until_ms: to }),
    })
    const page = entries.slice(0, limit)
    const last = page.at(-1)
    const next = entries.length > limit && last ? `${last.seq}.${last.n}` : null
    return c.json({ entries: page.map(entryToJson), next }, 200)
  })
}

function keyOf(cursor: string): StatementKey {
  const [seq = '', n = ''] = cursor.split('.')
  return { seq: BigInt(seq), n: Number(n) }
}

function entryToJson({ seq, n, at_ms, kind, asset, amount, balance, actor, outcome }: StatementEntry) {
  const [, word, id] = ACTOR.exec(actor ?? '') ?? []
  const of = (its: string): string | null => (word === its ? id! : null)
  return {
    seq: `${seq}`,
    n,
    at: at_ms,
    kind,
    asset,
    amount: `${amount}`,
    balance: `${balance}`,
    opening: kind === 'box.open' ? outcome : null,
    battle: of('battle'),
    payment: of('payment'),
    redemption: of('redemption'),
    listing: of('listing'),
    order: of('order'),
    trade: of('trade'),
  }
}
