import { randomBytes } from 'node:crypto'
import { createRoute } from '@hono/zod-openapi'
import type { z } from 'zod'
import { battleKey } from '../access/battle-key.ts'
import { battleSeedContext } from '../access/seal.ts'
import type { Principal } from '../access/access.ts'
import { claim } from '../access/idempotency.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { createBattle } from '../game/battle/create.ts'
import { battleToJson } from '../game/battle/stored.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { userOwner, type TenantId } from '../schema/account.ts'
import { sum } from '../schema/amount.ts'
import { isPlay, itemAsset, type AssetId } from '../schema/asset.ts'
import type { Box } from '../schema/box.ts'
import { RollingDropError } from '../schema/errors.ts'
import { battleMade, createBattle as createBattleBody } from '../schema/http.ts'
import type { Outcome, Transfer } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import { openBattlesOf } from './battle-listing.ts'
import type { Gates } from './caller.ts'
import { LIMIT_REFUSALS } from './limit-refusals.ts'
import { OneAtATime } from '../openings/one-at-a-time.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import type { ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'post',
  path: '/battles',
  operationId: 'createBattle',
  tags: ['battles'],
  summary: 'Creates a battle and takes its first seat',
  description:
    'The creator pays the sum of the prices of all rounds and sits on seat 0. What is sponsored of the other seats is paid ' +
    'at once too, and given back with the battle’s end or when a bot takes the seat. Options that do not go together are ' +
    'refused with `battle/options`, whose `details.reason` says which. The answer comes when all that is durable; ' +
    'everything else happens over the socket.',
  security: BEARER,
  parameters: [IDEMPOTENCY_KEY],
  request: jsonBody(createBattleBody, {
    mode: 'standard',
    rounds: ['pocket-change', 'garden-shed'],
    seats: 2,
    unlisted: false,
    clientSeed: '6f1a4c0d9b2e8f7a35c4d1e0b9a8f7e6d5c4b3a291807f6e5d4c3b2a19080706',
  }),
  responses: {
    201: json(battleMade.meta({ id: 'BattleMade' }), 'Created, or created before under this key.'),
    ...refusals(
      'request/key-missing',
      'request/key-reused',
      'auth/token-missing',
      'auth/token-invalid',
      'auth/token-expired',
      'auth/revoked',
      'ledger/insufficient',
      ...LIMIT_REFUSALS,
      'box/unknown',
      'battle/options',
      'battle/too-many',
      'ledger/overloaded',
    ),
  },
})

type Body = z.output<typeof createBattleBody>

export function addCreateBattle(app: Services, parts: ServiceParts, gates: Gates): void {
  const { pool, ledger, clock } = parts
  const creating = new OneAtATime()
  app.openapi({ ...route, middleware: gates.command }, async (c) => {
    const { principal, key } = c.var
    const body = c.req.valid('json')
    const command = { principal, route: 'POST /battles', key, body }
    // The battle's id is the outcome's: whatever is sent twice can only ever be one battle.
    const { outcome: id, request, first } = await claim(pool, command, clock(), async () => null)
    const owner = userOwner(principal.user)
    await creating.run(`${principal.tenant} ${principal.user}`, async () => {
      if (!first && (await ledger.reader.receipt(principal.tenant, owner, id))) return
      await admit(parts, principal)
      const opening = await decide(parts, principal, id, body)
      await parts.limits.within(principal, opening.asset, opening.price, (taken) =>
        ledger.commit({ ...opening.outcome(taken), request, owner }),
      )
    })
    return c.json({ id, ...(body.unlisted && { key: battleKey(parts.sealer, id) }) }, 201)
  })
}

/** Throws `battle/too-many`. One creation of a user at a time on each node: further nodes can add at most one each. */
async function admit({ pool, config }: ServiceParts, { tenant, user }: Principal): Promise<void> {
  const { battlesPerUser } = config
  if ((await openBattlesOf(pool, tenant, user)) >= battlesPerUser)
    throw new RollingDropError('battle/too-many', { open_max: battlesPerUser })
}

/** The skus of these boxes of which there are only so many. */
async function limitedIn(catalog: Catalog, tenant: TenantId, boxes: readonly Box[]): Promise<readonly string[]> {
  const limited = await catalog.limited(tenant)
  if (limited.size === 0) return []
  return boxes.flatMap(({ asset, prizes }) =>
    prizes.flatMap(({ sku }) => (limited.has(itemAsset(sku, asset)) ? [sku] : [])),
  )
}

/** What opens a battle: what it costs its creator, and its outcome with what that takes from the creator's budgets. */
type Opening = Readonly<{
  asset: AssetId
  price: bigint
  outcome: (taken: readonly Transfer[]) => Omit<Outcome, 'request'>
}>

/** Opens the battle `id`. Throws `box/unknown` and what the game refuses. */
async function decide(
  { catalog, sealer, entropy, config, clock }: ServiceParts,
  { user, name, tenant }: Principal,
  id: OutcomeId,
  { rounds, clientSeed, borrow, fast, ...chosen }: Body,
): Promise<Opening> {
  const boxes: Box[] = []
  for (const round of rounds) {
    const published = await catalog.box(tenant, round)
    if (!published) throw new RollingDropError('box/unknown', { box: round })
    boxes.push(published.box)
  }
  // Whoever runs a chain of their own could know what it brings.
  if (entropy.beacon === undefined && boxes.some(({ asset }) => !isPlay(asset)))
    throw new RollingDropError('battle/options', { reason: 'battles for real money are decided by drand alone' })
  const serverSeed = randomBytes(32).toString('hex')
  const limited = await limitedIn(catalog, tenant, boxes)
  const options = { ...chosen, fast, id, tenant, boxes, limited }
  const secret = { seedHash: hashSeed(serverSeed), sealedSeed: sealer.seal(serverSeed, battleSeedContext(id)) }
  const reveal_ms = Math.max(1, fast ? config.fastReveal_ms : config.reveal_ms)
  const pace = { wait_ms: config.battleWait_ms, reveal_ms }
  const opened = (taken: readonly Transfer[]) => {
    const creator = { user, name, clientSeed, borrow, taken }
    const decision = createBattle({ ...options, ...secret, ...pace, creator }, clock())
    if (!decision.ok) throw new RollingDropError(decision.code, decision.details)
    return decision
  }
  const untaken = opened([])
  const own = untaken.effects.transfers.filter(({ debit }) => debit === userOwner(user))
  const outcome = (taken: readonly Transfer[]) => {
    const { battle, effects } = opened(taken)
    const { kind, transfers, events, wake_at_ms, finished } = effects
    const state = battleToJson(battle)
    const actor = { id: `battle-${id}`, kind: 'battle', epoch: 0, version: 0, state, wake_at_ms, finished }
    return { id, kind, tenant, actor, transfers, events }
  }
  return { asset: untaken.battle.asset, price: sum(own.map(({ amount }) => amount)), outcome }
}
