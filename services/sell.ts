import { createRoute } from '@hono/zod-openapi'
import type { z } from 'zod'
import { claim } from '../access/idempotency.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { HOUSE, ITEM_ISSUER, userOwner, type TenantId } from '../schema/account.ts'
import { toAmount } from '../schema/amount.ts'
import { isAsset, toAsset } from '../schema/asset.ts'
import { RollingDropError } from '../schema/errors.ts'
import { sellBack, sold } from '../schema/http.ts'
import type { Outcome } from '../schema/outcome.ts'
import type { Gates } from './caller.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'post',
  path: '/transactions/sell',
  operationId: 'sellItem',
  tags: ['wallet'],
  summary: 'Sells items back at their published value',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(sellBack, { asset: 'play:item:lucky-penny', count: 1 }),
  responses: {
    200: json(sold.meta({ id: 'Sold' }), 'Sold, or sold before under this key. `balance` is the one after it.'),
    ...refusals(
      'request/key-missing',
      'request/key-reused',
      'auth/token-missing',
      'auth/token-invalid',
      'auth/token-expired',
      'auth/revoked',
      'item/unknown',
      'ledger/insufficient',
      'ledger/overloaded',
    ),
  },
})

/** What is paid, settled when the command first comes: a price that changes later does not change what was answered. */
type Plan = Readonly<{ money: string; paid: string }>

export function addSell(app: Services, { pool, ledger, catalog, clock }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.command }, async (c) => {
    const { principal, key } = c.var
    const body = c.req.valid('json')
    const command = { principal, route: 'POST /transactions/sell', key, body }
    const {
      outcome: id,
      request,
      plan,
    } = await claim(pool, command, clock(), () => price(catalog, principal.tenant, body))
    const owner = userOwner(principal.user)
    const outcome = { id, request, owner, tenant: principal.tenant, ...decide(principal.user, body, plan) }
    const { balances } = await ledger.commit(outcome)
    const after = balances.find((balance) => balance.owner === owner && balance.asset === plan.money)
    return c.json({ ...body, paid: plan.paid, balance: `${after?.balance ?? 0n}` }, 200)
  })
}

/** What the house pays. Throws `item/unknown` for what is in no box on offer. */
async function price(catalog: Catalog, tenant: TenantId, { asset, count }: z.output<typeof sellBack>): Promise<Plan> {
  const item = isAsset(asset) ? (await catalog.items(tenant)).get(asset) : undefined
  if (!item) throw new RollingDropError('item/unknown', { asset })
  return { money: item.money, paid: `${item.prize.value * BigInt(count)}` }
}

function decide(
  user: string,
  { asset, count }: z.output<typeof sellBack>,
  { money, paid }: Plan,
): Pick<Outcome, 'kind' | 'transfers' | 'events'> {
  const owner = userOwner(user)
  return {
    kind: 'item.sell',
    transfers: [
      { asset: toAsset(asset), debit: owner, credit: ITEM_ISSUER, amount: toAmount(BigInt(count)) },
      { asset: toAsset(money), debit: HOUSE, credit: owner, amount: toAmount(BigInt(paid)) },
    ],
    events: [{ type: 'item.sold', user, payload: { user, asset, count, money, paid } }],
  }
}
