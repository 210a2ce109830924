import { createRoute } from '@hono/zod-openapi'
import { userOwner, wageredOwner } from '../schema/account.ts'
import { moneyWagered } from '../schema/asset.ts'
import { me } from '../schema/http.ts'
import { levelOf } from '../schema/level.ts'
import type { Gates } from './caller.ts'
import { BEARER, json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  tags: ['wallet'],
  summary: 'The signed-in user, all balances and levels',
  security: BEARER,
  responses: {
    200: json(me.meta({ id: 'Me' }), '`held` of a balance is reserved and cannot be spent.'),
    ...refusals('auth/token-missing', 'auth/token-invalid', 'auth/token-expired', 'auth/revoked', 'ledger/unavailable'),
  },
})

export function addMe(app: Services, { ledger }: ServiceParts, gates: Gates): void {
  app.openapi({ ...route, middleware: gates.signedIn }, async (c) => {
    const { user: id, name, guest, roles, tenant } = c.var.principal
    const [balances, wagers] = await Promise.all(
      [userOwner(id), wageredOwner(id)].map((owner) => ledger.reader.balances(tenant, owner)),
    )
    return c.json(
      {
        user: { id, name, guest, roles: [...roles] },
        balances: balances!.map(({ asset, balance, held }) => ({ asset, balance: `${balance}`, held: `${held}` })),
        levels: wagers!.flatMap(({ asset, balance }) => {
          const money = moneyWagered(asset)
          return money === undefined ? [] : [{ money, wagered: `${balance}`, level: levelOf(balance) }]
        }),
      },
      200,
    )
  })
}
