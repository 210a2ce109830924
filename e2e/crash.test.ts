import { createServer, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { BattleLink, RollingDrop } from '../client-sdk/api.ts'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { freePort } from '../embedded/free-port.ts'
import type { FeedEvent } from '../schema/feed.ts'
import { audit, dataFolder, run, whenReady, type ServerProcess } from './server-process.ts'

/** Rounds slow enough to be hit in the middle, a draw late enough to be hit before it. */
const SETTINGS = { HOST: '127.0.0.1', DEMO_BOTS: '0', LOG_LEVEL: 'warn', REVEAL_MS: '300', ENTROPY_PERIOD_MS: '500' }
const ROUNDS = ['pocket-change', 'garden-shed', 'pocket-change', 'garden-shed', 'garden-shed']
const CREDITS = 100_000
const PRICE = 2_000

const data = dataFolder()
const players: RollingDrop[] = []
let port: number
let server: ServerProcess

const start = () => {
  const env = { ...SETTINGS, DATA_DIR: data.path, PORT: String(port) }
  return whenReady(run(['main.ts'], { env }))
}

beforeAll(async () => {
  port = await freePort()
  server = await start()
}, 120_000)

afterEach(async () => {
  await Promise.all(players.splice(0).map((each) => each.close()))
})

afterAll(async () => {
  server?.signal('SIGTERM')
  await server?.ended
  await data.remove()
})

function player(): RollingDrop {
  const own = connect(server.url, { tokens: memoryTokens() })
  players.push(own)
  return own
}

/** Ends the server with a signal and starts it again on the same data and port. */
async function restart(signal: 'SIGKILL' | 'SIGTERM') {
  const old = server
  const postgres = data.postgres()
  old.signal(signal)
  const ended = await old.ended
  const left = data.postgres()
  server = await start()
  return { ended, postgres, left, now: data.postgres() }
}

const soon = { timeout: 20_000, interval: 10 }
const until = (battle: BattleLink, phase: string) => expect.poll(() => battle.state?.phase, soon).toBe(phase)

async function openBattle() {
  const [creator, guest] = [player(), player()]
  const { id } = await creator.battles.create({ rounds: ROUNDS, seats: 2 })
  const [one, two] = [creator.battles.watch(id), guest.battles.watch(id)]
  await Promise.all([until(one, 'waiting'), until(two, 'waiting')])
  return { id, players: [creator, guest] as const, links: [one, two] as const }
}

type Open = Awaited<ReturnType<typeof openBattle>>

async function creditsOf(own: RollingDrop): Promise<number> {
  const { balances } = await own.me()
  return Number(balances.find(({ asset }) => asset === 'play:CREDIT')?.balance)
}

/** Both who stayed see the same end, each paid one seat, and the winner got what the record says, once. */
async function isPaidOnce({ id, players: seated, links }: Open): Promise<void> {
  await Promise.all(links.map((link) => until(link, 'settled')))
  const [one, two] = links.map(({ state }) => state!)
  expect([...one!.winners]).toEqual([...two!.winners])
  expect(one!.revealed).toBe(ROUNDS.length)
  expect(one!.drops).toHaveLength(2 * ROUNDS.length)
  const { proof } = await seated[0].battles.get(id)
  expect(await seated[1].verify(proof)).toMatchObject({ ok: true })
  for (const [seat, own] of seated.entries()) {
    const { entries } = await own.history({ limit: 100 })
    const ofBattle = entries.filter(({ battle }) => battle === id)
    const wins = proof.payouts.filter((payout) => payout.seat === seat).map(({ asset, amount }) => `${asset} ${amount}`)
    const went = ofBattle.map(({ asset, amount }) => `${asset} ${amount}`)
    expect(new Set(went)).toEqual(new Set([`play:CREDIT ${-PRICE}`, ...wins]))
    expect(went).toHaveLength(1 + wins.length)
    expect(await creditsOf(own)).toBe(CREDITS - PRICE)
  }
}

/** The events of a battle as the feed tells them to somebody who was there from the start. */
async function follow(own: RollingDrop): Promise<readonly FeedEvent[]> {
  const events: FeedEvent[] = []
  const feed = own.feed.subscribe({}, (update) => update.type !== 'snapshot' && events.push(...update.events))
  await expect.poll(() => feed.position, soon).not.toBeNull()
  return events
}

const settlements = (events: readonly FeedEvent[], id: string) =>
  events.filter(({ type, payload }) => type === 'battle.settled' && payload['battle'] === id)

/** Asks over and over until all is well; the statuses of the answers, 0 for one that did not come within a second. */
async function knock(url: string): Promise<number[]> {
  const answers: number[] = []
  while (answers.at(-1) !== 200) {
    try {
      const { status } = await fetch(url, { signal: AbortSignal.timeout(1_000) })
      answers.push(status)
    } catch (error) {
      if (error instanceof DOMException && error.name === 'TimeoutError') answers.push(0)
    }
  }
  return answers
}

describe('a server that is killed and started again', () => {
  test('in the middle of the reveal: the battle ends by itself, is paid once, and those who stayed see it', async () => {
    const battle = await openBattle()
    const events = await follow(battle.players[1])
    await battle.links[1].join(1)
    await expect.poll(() => battle.links[1].state?.revealed, soon).toBe(2)
    const { ended, postgres, left, now } = await restart('SIGKILL')
    expect(ended.signal).toBe('SIGKILL')
    expect([left, now]).toEqual([postgres, postgres]) // left behind, and adopted
    await isPaidOnce(battle)
    await expect.poll(() => settlements(events, battle.id), soon).toHaveLength(1)
  })

  test('while the battle waits: seats and stakes are kept, and it can be joined and played', async () => {
    const battle = await openBattle()
    await restart('SIGKILL')
    expect(await creditsOf(battle.players[0])).toBe(CREDITS - PRICE)
    await battle.links[1].join(1)
    await isPaidOnce(battle)
  })

  test('while it draws: the value that was fixed still decides', async () => {
    const battle = await openBattle()
    await battle.links[1].join(1)
    await until(battle.links[0], 'drawing')
    const { entropyRound } = battle.links[0].state!
    await restart('SIGKILL')
    await isPaidOnce(battle)
    const { proof } = await battle.players[0].battles.get(battle.id)
    expect(proof.entropy?.round).toBe(entropyRound)
  })

  test('answers from the moment it has its port: those who come too early are told to come again', async () => {
    server.signal('SIGKILL')
    await server.ended
    const starting = start()
    const answers = await knock(`http://127.0.0.1:${port}/health`)
    server = await starting
    expect(new Set(answers)).toEqual(new Set([503, 200]))
  })

  test('with nobody there: it ends all the same', async () => {
    const battle = await openBattle()
    await battle.links[1].join(1)
    await until(battle.links[0], 'revealing')
    await Promise.all(battle.links.map((link) => link.close()))
    await restart('SIGKILL')
    const ended = async () => (await battle.players[0].battles.get(battle.id)).phase
    await expect.poll(ended, soon).toBe('settled')
  })
})

describe('a server that is told to stop', () => {
  test('in the middle of the reveal: it ends with 0 and its Postgres with it, and the next start plays on', async () => {
    const battle = await openBattle()
    await battle.links[1].join(1)
    await expect.poll(() => battle.links[0].state?.revealed, soon).toBe(2)
    const { ended, left } = await restart('SIGTERM')
    expect(ended).toMatchObject({ code: 0, signal: null })
    expect(left).toBe(undefined)
    await isPaidOnce(battle)
  })

  test('by Ctrl-C at a terminal: everything ends, with 0; a guest finds the balance again at the next start', async () => {
    const tokens = memoryTokens()
    const before = connect(server.url, { tokens })
    const user = await before.user()
    await before.battles.create({ rounds: ['garden-shed'], seats: 3 })
    await before.close()
    server.signal('SIGTERM')
    await server.ended
    const launched = run(['scripts/run.mjs', 'start'], {
      env: { ...SETTINGS, DATA_DIR: data.path, PORT: String(port) },
    })
    await whenReady(launched)
    expect(data.postgres()).toBeGreaterThan(0)
    launched.signalGroup('SIGINT')
    expect(await launched.ended).toMatchObject({ code: 0, signal: null })
    expect(data.postgres()).toBe(undefined)
    server = await start()
    const after = connect(server.url, { tokens })
    players.push(after)
    expect(await after.user()).toEqual(user)
    expect(await creditsOf(after)).toBe(CREDITS - 500)
  })
})

test('a port that another program has: one clear line, exit code 1, and no Postgres left behind', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const taken = (other.address() as AddressInfo).port
  const folder = dataFolder()
  const env = { ...SETTINGS, DATA_DIR: folder.path, PORT: String(taken) }
  const { code, said } = await run(['main.ts'], { env }).ended
  expect(said).toBe(
    `RollingDrop could not start: port ${taken} is taken by another program; stop it, or choose another with PORT=<port>\n`,
  )
  expect(code).toBe(1)
  expect(folder.postgres()).toBe(undefined)
  await folder.remove()
  await new Promise((resolve) => other.close(resolve))
})

test('after all of that, the audit finds nothing wrong', async () => {
  expect(await audit({ DATA_DIR: data.path })).toMatchObject({ audit: 'ok' })
})
