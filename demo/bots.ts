import { setTimeout as delay } from 'node:timers/promises'
import type { AccessOperations } from '../access/open.ts'
import type { BattleLink, RollingDrop } from '../client-sdk/api.ts'
import { connect } from '../client-sdk/connect.ts'
import { memoryTokens } from '../client-sdk/tokens.ts'
import { PLAY_CREDIT, skuOf, toAsset } from '../schema/asset.ts'
import type { BattleSummary } from '../schema/http.ts'
import { endOf } from './end-of-battle.ts'

const names = [
  'Juniper',
  'Marlow',
  'Saffron',
  'Bramble',
  'Cobalt',
  'Tansy',
  'Orrin',
  'Velvet',
  'Pip',
  'Halcyon',
  'Rook',
  'Clementine',
  'Fennel',
  'Indigo',
  'Wren',
  'Basil',
  'Topaz',
  'Quill',
  'Sorrel',
  'Lark',
]

/** Boxes dearer than this (hundredths of a credit) are left to people: a bot's purse should last. */
const PRICE_MAX = 2_000n
const PURSE_MIN = 20_000n
const BATTLE_ENDS_WITHIN_MS = 20 * 60_000
/** Battles one bot is in at once, and battles of bots that wait for players at once. */
const UNDER_WAY_MAX = 3
const WAITING_MAX = 3

type Parts = Readonly<{
  url: string
  access: Pick<AccessOperations, 'ensureUser' | 'signIn' | 'topUp'>
  bots: number
  signal: AbortSignal
  /** Told of what went wrong with one turn of a bot; it goes on with the next. */
  failed(error: unknown): void
}>

/**
 * Lets `bots` players of our own battle each other for ever, on play money of their own and over the same door as everyone:
 * one opens a battle, others join it after a while, so that a person finds something to join and something to watch. They
 * sit down only with each other. Resolves when `signal` aborts.
 */
export async function runDemoBots(parts: Parts): Promise<void> {
  const own = new Set<string>()
  await Promise.all(
    Array.from({ length: parts.bots }, (_, i) => runBot(parts, `${names[i % names.length]} ${i + 1}`, own)),
  )
}

async function runBot(parts: Parts, name: string, own: Set<string>): Promise<void> {
  const { url, access, signal, failed } = parts
  while (!signal.aborted) {
    try {
      const user = await access.ensureUser(name)
      own.add(user.id)
      const tokens = memoryTokens()
      tokens.save(await access.signIn(user))
      const sdk = connect(url, { tokens })
      try {
        const underWay = new Set<Promise<void>>()
        while (!signal.aborted) {
          await pause(signal, 1_500, 6_000)
          if (underWay.size >= UNDER_WAY_MAX) continue
          const battle = await takeTurn(sdk, own, signal)
          if (battle === undefined) continue
          const ended = battle.ended.then(() => sellEverything(sdk)).catch(failed)
          underWay.add(ended)
          void ended.then(() => underWay.delete(ended))
          if ((await purse(sdk)) < PURSE_MIN) await access.topUp(user)
        }
        await Promise.all(underWay)
      } finally {
        await sdk.close()
      }
    } catch (error) {
      if (!signal.aborted) failed(error)
      await pause(signal, 5_000, 10_000)
    }
  }
}

/**
 * Joins a battle another bot has had open for a while; or opens one, unless enough of them wait already. Returns the battle's
 * end, so that a bot that waits for players goes on playing elsewhere: five bots that each wait for the other four would wait
 * for ever.
 */
async function takeTurn(
  sdk: RollingDrop,
  own: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Readonly<{ ended: Promise<void> }> | undefined> {
  const { battles } = await sdk.battles.list({ status: 'open', limit: 50 })
  const me = (await sdk.user()).id
  const joinable = battles.find((battle) => isJoinable(battle, own, me))
  const waiting = battles.filter(({ phase, creator }) => phase === 'waiting' && own.has(creator))
  if (joinable === undefined && waiting.length >= WAITING_MAX) return undefined
  const id = joinable?.id ?? (await open(sdk))
  const link = sdk.battles.watch(id)
  const seat = joinable?.seats.find(({ user, bot }) => user === null && !bot)?.seat
  const joined = seat === undefined || (await link.join(seat).catch(() => undefined)) // somebody was quicker: another turn
  if (joined === undefined) return link.close().then(() => undefined)
  return { ended: untilOver(link, signal) }
}

async function untilOver(link: BattleLink, signal: AbortSignal): Promise<void> {
  await endOf(link, AbortSignal.any([signal, AbortSignal.timeout(BATTLE_ENDS_WITHIN_MS)]))
  await link.close()
}

function isJoinable(
  { phase, creator, seats, createdAt }: BattleSummary,
  own: ReadonlySet<string>,
  me: string,
): boolean {
  if (phase !== 'waiting' || !own.has(creator) || Date.now() - createdAt < 6_000) return false
  return seats.some(({ user, bot }) => user === null && !bot) && seats.every(({ user }) => user !== me)
}

async function open(sdk: RollingDrop): Promise<string> {
  const affordable = (await sdk.boxes.catalog()).filter(({ price }) => BigInt(price) <= PRICE_MAX)
  const rounds = Array.from({ length: 1 + below(5) }, () => pick(affordable).id)
  const { id } = await sdk.battles.create({ mode: 'standard', rounds, seats: pick([2, 2, 2, 3, 4]), unlisted: false })
  return id
}

/** Of two battles that end together each wants to sell the same items: what the other one sold is not sold twice. */
async function sellEverything(sdk: RollingDrop): Promise<void> {
  const { balances } = await sdk.me()
  const items = balances.filter(({ asset, balance }) => skuOf(toAsset(asset)) !== undefined && BigInt(balance) > 0n)
  await Promise.allSettled(items.map(({ asset, balance }) => sdk.sell(asset, Number(balance))))
}

async function purse(sdk: RollingDrop): Promise<bigint> {
  const { balances } = await sdk.me()
  return BigInt(balances.find(({ asset }) => asset === PLAY_CREDIT)?.balance ?? 0)
}

async function pause(signal: AbortSignal, from_ms: number, to_ms: number): Promise<void> {
  await delay(from_ms + below(to_ms - from_ms), undefined, { signal }).catch(() => {}) // aborted: the loop sees it
}

const below = (n: number): number => Math.floor(Math.random() * n)
const pick = <T>(values: readonly T[]): T => values[below(values.length)]!
