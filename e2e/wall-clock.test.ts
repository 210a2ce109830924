import { afterAll, expect, test } from 'vitest'
import type { RollingDrop } from '../client-sdk/api.ts'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { freePort } from '../embedded/free-port.ts'
import { dataFolder, run, whenReady, type ServerProcess } from './server-process.ts'

const SETTINGS = { HOST: '127.0.0.1', DEMO_BOTS: '0', LOG_LEVEL: 'warn', REVEAL_MS: '400', ENTROPY_PERIOD_MS: '100' }
const ROUNDS = ['pocket-change', 'garden-shed', 'pocket-change']
/** What a beat of a busy machine leaves open, both ways. */
const NEAR_MS = 100
const SOON_MS = 5_000

const data = dataFolder()
let server: ServerProcess | undefined
let player: RollingDrop | undefined
afterAll(async () => {
  await end()
  await data.remove()
})

async function end(): Promise<void> {
  await player?.close()
  server?.signal('SIGTERM')
  await server?.ended
}

/** A server whose clock on the wall is so far off; that of its database is this machine's. */
async function startWith(ahead_ms: number): Promise<ServerProcess> {
  const shifted = `const now = Date.now; Date.now = () => now() + ${ahead_ms}`
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(shifted)}`
  const env = { ...SETTINGS, DATA_DIR: data.path, PORT: String(await freePort()), NODE_OPTIONS }
  return whenReady(run(['main.ts'], { env }))
}

test.each([300_000, -300_000])(
  'a node whose clock on the wall is %i ms ahead shows every round at its time, none early',
  async (ahead_ms) => {
    await end()
    server = await startWith(ahead_ms)
    player = connect(server.url, { tokens: memoryTokens() })
    const { id } = await player.battles.create({ rounds: ROUNDS, seats: 2 })
    const battle = player.battles.watch(id)
    const shown_ms: number[] = []
    battle.onChange(({ revealed }) => {
      while (shown_ms.length < revealed) shown_ms.push(Date.now())
    })
    await expect.poll(() => battle.state?.phase, { timeout: 15_000 }).toBe('waiting')
    expect(Math.abs(battle.state!.createdAt - Date.now())).toBeLessThan(SOON_MS)
    await battle.callBot(1)
    await expect.poll(() => battle.state?.phase, { timeout: 15_000, interval: 10 }).toBe('settled')
    const { revealFrom, revealMs } = battle.state!
    expect(shown_ms).toHaveLength(ROUNDS.length)
    for (const [round, at_ms] of shown_ms.entries()) {
      const late_ms = at_ms - (revealFrom + round * revealMs)
      expect(late_ms).toBeGreaterThan(-NEAR_MS)
      expect(late_ms).toBeLessThan(SOON_MS)
    }
  },
  60_000,
)
