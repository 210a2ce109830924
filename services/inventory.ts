import { createRoute } from '@hono/zod-openapi'
import { userOwner } from '../schema/account.ts'
import { skuOf } from '../schema/asset.ts'
import { inventory } from '../schema/http.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'get',
  path: '/inventory',
  operationId: 'listInventory',
  tags: ['wallet'],
  summary: 'Your items, and what each is bought back for',
  security: BEARER,
  responses: {
    200: json(inventory.meta({ id: 'Inventory' }), 'Items in no particular order.'),
    ...refusals('auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked'),
  },
})

export function addInventory(app: Services, { ledger, catalog }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.signedIn }, async (c) => {
    const { tenant, user } = c.var.principal
    const [balances, known] = await Promise.all([
      ledger.reader.balances(tenant, userOwner(user)),
      catalog.items(tenant),
    ])
    const items = balances.flatMap(({ asset, balance }) => {
      const sku = skuOf(asset)
      if (sku === undefined || balance === 0n) return []
      const item = known.get(asset)
      const { name = null, rarity = null, value = null } = item?.prize ?? {}
      return [{ asset, sku, count: `${balance}`, name, rarity, value: value && `${value}`, money: item?.money ?? null }]
    })
    return c.json({ items }, 200)
  })
}
