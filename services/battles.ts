import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import { assertMayEnter, battleKey } from '../access/battle-key.ts'
import type { Battle } from '../game/battle/state.ts'
import { battleFromJson } from '../game/battle/stored.ts'
import type { Actors } from '../ledger/ledger.ts'
import { MAIN_TENANT } from '../schema/account.ts'
import { battleModes } from '../schema/battle-mode.ts'
import { readBattleRef } from '../schema/battle-ref.ts'
import { RollingDropError } from '../schema/errors.ts'
import { battleDetail, battleId, battlePage, battleProof, type BattleDetail } from '../schema/http.ts'
import { formatPosition } from '../schema/position.ts'
import { listedBattles } from './battle-listing.ts'
import { detailOf, summaryOf } from './battle-view.ts'
import { bearerToken } from './caller.ts'
import { json } from './openapi.ts'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const PAGE_MAX = 100
const price = z.string().regex(/^[0-9]{1,18}$/, 'a price is a whole number of smallest units')
const params = z.object({
  battleId: z.string().max(64).describe('the id; of an unlisted battle id~key, unless one sits in it'),
})

const listRoute = createRoute({
  method: 'get',
  path: '/battles',
  operationId: 'listBattles',
  tags: ['battles'],
  summary: 'Open or finished battles, newest first',
  description:
    'Open ones wait for players or are being played. Battles that are private by link are in no list. Changes from `position` on ' +
    'are on the feed and on /ws/battles: whoever lists once and follows them needs no second list.',
  request: {
    query: z.object({
      status: z.enum(['open', 'waiting', 'running', 'finished']).default('open'),
      mode: z.enum(battleModes).optional(),
      box: z.string().max(64).optional().describe('id of a box that is opened in it'),
      minPrice: price.optional().describe('of one seat, in smallest units'),
      maxPrice: price.optional(),
      freeSeats: z.coerce.number().int().min(1).max(5).optional().describe('at least so many'),
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

export function addBattles(app: Services, { pool, ledger, tail, sealer, access }: ServiceParts): void {
  /** What `ref` asks for, where whoever asks may see it. */
  async function seen(c: Context<ServiceEnv>, ref: string): Promise<BattleDetail> {
    const { id, key } = readBattleRef(ref) ?? { id: ref }
    const battle = await find(ledger.actors, id)
    // Who asks matters only where the key is missing.
    const token = battle.unlisted && key === undefined ? bearerToken(c) : undefined
    const user = token === undefined ? undefined : (await access.authenticate(token)).user
    assertMayEnter(sealer, battle, { ...(key !== undefined && { key }), user })
    return detailOf(battle, battleKey(sealer, battle.id))
  }

  app.openapi(listRoute, async (c) => {
    // Where the tail stands before reading: whatever happens from there on is told again, and nothing is left out.
    const position = formatPosition(tail)
    const { cursor, limit, minPrice, maxPrice, ...wanted } = c.req.valid('query')
    const ids = await listedBattles(pool, {
      ...wanted,
      tenant: MAIN_TENANT,
      minPrice: minPrice === undefined ? undefined : BigInt(minPrice),
      maxPrice: maxPrice === undefined ? undefined : BigInt(maxPrice),
      before: cursor,
      limit: limit + 1,
    })
    const battles = await findAll(ledger.actors, ids.slice(0, limit))
    const next = ids.length > limit ? ids[limit - 1]! : null
    return c.json({ battles: battles.map(summaryOf), next, position }, 200)
  })
  app.openapi(detailRoute, async (c) => c.json(await seen(c, c.req.valid('param').battleId), 200))
  app.openapi(proofRoute, async (c) => c.json((await seen(c, c.req.valid('param').battleId)).proof, 200))
}

async function find(actors: Actors, battle: string): Promise<Battle> {
  const row = await actors.find(`battle-${battle}`)
  if (row?.tenant !== MAIN_TENANT || row.kind !== 'battle') throw new RollingDropError('battle/unknown', { battle })
  return battleFromJson(row.state)
}

/** Battles in the order of their ids. */
async function findAll(actors: Actors, ids: readonly string[]): Promise<readonly Battle[]> {
  const rows = await actors.findMany(ids.map((id) => `battle-${id}`))
  const states = new Map(rows.map(({ id, state }) => [id, state]))
  return ids.flatMap((id) => {
    const state = states.get(`battle-${id}`)
    return state === undefined ? [] : [battleFromJson(state)]
  })
}
