import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { battleSeedContext, createSealer } from '../access/seal.ts'
import { cancel } from '../game/battle/cancel.ts'
import { resolve } from '../game/battle/draw.ts'
import { drawn, settlesAt } from '../game/battle/reveal.ts'
import { join } from '../game/battle/seat.ts'
import { settle } from '../game/battle/settle.ts'
import type { Battle, Decision } from '../game/battle/state.ts'
import { battleFromJson, battleToJson } from '../game/battle/stored.ts'
import { verifyBattle } from '../game/battle/verify.ts'
import { chainValue, fixEntropy, makeChain } from '../game/fairness/chain.ts'
import type { BattleDetail, Tokens } from '../schema/http.ts'
import { uuidv7 } from '../schema/uuid.ts'
import { newGuest, openTestNode, type TestNode } from '../test/node.ts'

let node: TestNode
beforeAll(async () => void (node = await openTestNode()))
afterAll(() => node.close())

const seed = () => randomBytes(32).toString('hex')

async function create({ token }: Tokens, unlisted = false): Promise<string> {
  const body = { rounds: ['pocket-change', 'tidal-cache'], seats: 2, clientSeed: seed(), unlisted }
  return (await node.call('POST', '/battles', { token, key: seed(), body })).body.id as string
}

/** Does to a battle what its room would: decides and commits. */
async function step(id: string, decide: (battle: Battle) => Decision): Promise<Battle> {
  const row = (await node.ledger.actors.find(`battle-${id}`))!
  const decision = decide(battleFromJson(row.state))
  if (!decision.ok) throw new Error(decision.code)
  const { kind, transfers, events, wake_at_ms, finished } = decision.effects
  const { epoch, version } = row
  const state = battleToJson(decision.battle)
  const actor = { id: row.id, kind: 'battle', epoch, version, state, wake_at_ms, finished }
  await node.ledger.commit({ id: uuidv7(), kind, tenant: 'main', request: seed(), actor, transfers, events })
  return decision.battle
}

const detail = async (id: string) => (await node.call('GET', `/battles/${id}`)).body as BattleDetail

test('a proof tells nothing of the rounds until the battle is settled, and then all that verifies it', async () => {
  const [a, b] = [await newGuest(node), await newGuest(node)]
  const id = await create(a)
  const chain = makeChain(seed(), 1000)
  const now_ms = Date.now()
  const schedule = { id: uuidv7(), head: chain.head, length: chain.length, starts_at_ms: now_ms, period_ms: 1000 }
  const fix = fixEntropy(schedule, now_ms)!
  await step(id, (battle) =>
    join(battle, { seat: 1, user: b.user.id, name: b.user.name, clientSeed: seed() }, now_ms, fix),
  )
  const entropyValue = chainValue(chain, fix.round)
  const shown = await step(id, (battle) => drawn(battle, { entropyValue }, fix.due_ms))
  const serverSeed = createSealer(node.secretKey).open(shown.sealedSeed, battleSeedContext(id))
  const during = await detail(id)
  expect(during).toMatchObject({ phase: 'revealing', winners: [], pot: null })
  expect(during.proof).toMatchObject({ serverSeed: null, drops: [], winners: [], payouts: [] })
  expect(JSON.stringify(during)).not.toContain(serverSeed)
  expect(verifyBattle(during.proof).ok).toBe(false)

  const result = resolve(shown, { serverSeed, entropyValue })
  await step(id, (battle) => settle(battle, { serverSeed, result }, settlesAt(battle)!))
  const after = await detail(id)
  expect(after).toMatchObject({ phase: 'settled', winners: result.winners, pot: `${result.pot}` })
  expect(verifyBattle(after.proof, { seedHash: during.proof.seedHash })).toMatchObject({ ok: true })
  const winner = [a, b][result.winners[0]!]!
  const won = await node.call('GET', '/inventory', { token: winner.token })
  const count = won.body.items.reduce((sum: number, item: { count: string }) => sum + Number(item.count), 0)
  expect(count).toBe(4)
})

test('finished battles are listed newest first, without the unlisted ones', async () => {
  const guest = await newGuest(node)
  const [first, hidden, second] = [await create(guest), await create(guest, true), await create(guest)]
  for (const id of [second, first, hidden]) {
    await step(id, (battle) => cancel(battle, { by: guest.user.id }, Date.now()))
  }
  const one = await node.call('GET', '/battles?status=finished&limit=1')
  expect(one.body.battles).toMatchObject([{ id: second, phase: 'cancelled' }])
  const next = await node.call('GET', `/battles?status=finished&limit=1&cursor=${one.body.next}`)
  expect(next.body.battles).toMatchObject([{ id: first, phase: 'cancelled' }])
  expect((await node.call('GET', `/battles/${hidden}`)).status).toBe(404)
  const { body: own } = await node.call('GET', `/battles/${hidden}`, { token: guest.token })
  expect(own.phase).toBe('cancelled')
  const open = await node.call('GET', '/battles?status=open')
  expect(open.body.battles).toEqual([])
})
