import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import type { Battle } from '../game/battle/state.ts'
import { battleFromJson } from '../game/battle/stored.ts'
import type { Actors } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { RollingDropError } from '../schema/errors.ts'
import { battleDetail, battleId, battlePage, battleProof } from '../schema/http.ts'
import { detailOf, summaryOf } from './battle-view.ts'
import { json } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const PAGE_MAX = 100
const params = z.object({ battleId: z.string().max(64) })

const listRoute = createRoute({
  method: 'get',
  path: '/battles',
  operationId: 'listBattles',
  tags: ['battles'],
  summary: 'Open or finished battles, newest first',
  description: 'Open ones wait for players or are being played. Battles that are private by link are in no list.',
  request: {
    query: z.object({
      status: z.enum(['open', 'finished']).default('open'),
      cursor: battleId.optional(),
      limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(20),
    }),
  },
  responses: { 200: json(battlePage.meta({ id: 'BattlePage' }), '`next` is null on the last page.'), ...refusals() },
})

const detailRoute = createRoute({
  method: 'get',
  path: '/battles/{battleId}',
  operationId: 'getBattle',
  tags: ['battles'],
  summary: 'A battle with its proof',
  request: { params },
  responses: {
    200: json(battleDetail.meta({ id: 'BattleDetail' }), 'What is not yet public is null or empty.'),
    ...refusals('battle/unknown'),
  },
})

const proofRoute = createRoute({
  method: 'get',
  path: '/battles/{battleId}/proof',
  operationId: 'getBattleProof',
  tags: ['battles', 'fairness'],
  summary: 'All that is needed to recompute a battle',
  request: { params },
  responses: {
    200: json(battleProof.meta({ id: 'BattleProof' }), 'The server seed is null until settlement.'),
    ...refusals('battle/unknown'),
  },
})

export function addBattles(app: Services, { ledger }: ServiceParts): void {
  app.openapi(listRoute, async (c) => {
    const { status, cursor, limit } = c.req.valid('query')
    const page = await listed(ledger.actors, status, cursor, limit)
    return c.json({ battles: page.battles.map(summaryOf), next: page.next }, 200)
  })
  app.openapi(detailRoute, async (c) => c.json(detailOf(await find(ledger.actors, c.req.valid('param').battleId)), 200))
  app.openapi(proofRoute, async (c) =>
    c.json(detailOf(await find(ledger.actors, c.req.valid('param').battleId)).proof, 200),
  )
}

async function find(actors: Actors, battle: string): Promise<Battle> {
  const row = await actors.find(`battle-${battle}`)
  if (row?.tenant !== MAIN_TENANT || row.kind !== 'battle') throw new RollingDropError('battle/unknown', { battle })
  return battleFromJson(row.state)
}

/** A page of listed battles. Unlisted ones are skipped, so one page may take several reads. */
async function listed(actors: Actors, status: 'open' | 'finished', cursor: string | undefined, limit: number) {
  const battles: Battle[] = []
  let before = cursor && `battle-${cursor}`
  for (;;) {
    const rows = await actors[status]({
      tenant: MAIN_TENANT,
      kind: 'battle',
      limit: limit + 1,
      ...(before && { before }),
    })
    battles.push(...rows.map((row) => battleFromJson(row.state)).filter((battle) => !battle.unlisted))
    if (battles.length > limit) return { battles: battles.slice(0, limit), next: battles[limit - 1]!.id }
    if (rows.length <= limit) return { battles, next: null }
    before = rows.at(-1)!.id
  }
}
