import { z } from 'zod'
import { battlePhases } from './battle-state.ts'
import { borrow, clientSeed } from './battle-message.ts'
import { battleModes, type BattleMode } from './battle-mode.ts'
import { rarities } from './box.ts'
import { LEVEL_MAX } from './level.ts'

/** An amount in smallest units as a decimal string. */
export const decimal = z.string().regex(/^-?[0-9]{1,19}$/)
export const battleId = z.string().regex(/^[0-9a-f-]{36}$/)

export const tokens = z.object({
  user: z.object({ id: z.string(), name: z.string(), guest: z.boolean() }),
  token: z.string().describe('JWT for Authorization: Bearer, 15 minutes by default'),
  refreshToken: z.string().describe('single use; POST /auth/refresh gives the next'),
  expiresAt: z.number().describe('unix ms at which the token expires'),
})
export type Tokens = z.infer<typeof tokens>

export const refreshRequest = z.strictObject({ refreshToken: z.string().max(200) })
export const logoutRequest = z.strictObject({ refreshToken: z.string().max(200).optional() })
export const session = z.object({
  user: z.object({ id: z.string(), name: z.string(), guest: z.boolean(), roles: z.array(z.string()) }),
  tenant: z.string(),
  session: z.string(),
  expiresAt: z.number().describe('unix ms at which the token expires'),
})

export const prize = z.object({
  sku: z.string(),
  name: z.string(),
  rarity: z.enum(rarities),
  value: decimal,
  weight: z.int(),
})
const limitedPrize = z.object({ sku: z.string(), name: z.string(), left: decimal })
export const boxVersion = z.object({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  asset: z.string(),
  price: decimal,
  prizes: z.array(prize),
})
export const boxSummary = z.object({
  id: z.string(),
  version: z.int(),
  name: z.string(),
  asset: z.string(),
  price: decimal,
  hash: z.string(),
  expectedValue: decimal,
  returnToPlayer: z.number().describe('expected value / price'),
  best: prize,
  limited: z
    .array(limitedPrize)
    .optional()
    .describe('of its items those of limited stock; left out when there are none'),
})
export type BoxSummary = z.infer<typeof boxSummary>
export const boxItems = boxVersion.extend({
  hash: z.string(),
  expectedValue: decimal,
  returnToPlayer: z.number(),
  prizes: z.array(
    prize.extend({
      chance: z.number().describe('weight / sum of weights'),
      left: decimal.optional().describe('how many of it can still be won; left out when there is no limit'),
    }),
  ),
})
export type BoxItems = z.infer<typeof boxItems>

export const createBattle = z.strictObject({
  mode: z.enum(battleModes).default('standard'),
  rounds: z.array(z.string().max(64)).min(1).max(50).describe('box ids in the order they are opened'),
  seats: z.int().min(2).max(6).describe('of all sides together'),
  teamSize: z.int().min(1).max(3).default(1).describe('seats of one side; 4 by 2, 6 by 2 and 6 by 3 make teams'),
  sponsor: z.int().min(0).max(100).default(0).describe('percent of the other players’ stakes that the creator pays'),
  minLevel: z.int().min(0).max(LEVEL_MAX).default(0).describe('level that the other players must have'),
  borrowMax: borrow.default(0).describe('percent of a stake that players may borrow from the house'),
  borrow: borrow.default(0).describe('percent of the own stake that the creator borrows, at most borrowMax'),
  fast: z.boolean().default(false).describe('true: rounds are shown faster'),
  unlisted: z.boolean().default(false).describe('true: it is in no list, and only those with its key find it'),
  clientSeed,
})
export type CreateBattle = z.input<typeof createBattle>
export const battleMade = z.object({
  id: battleId,
  key: z.string().optional().describe('of an unlisted one: who has it, as id~key, may watch and join'),
})
export type BattleMade = z.infer<typeof battleMade>

export const battleSeat = z.object({
  seat: z.int(),
  user: z.string().nullable(),
  name: z.string().nullable(),
  bot: z.boolean(),
  borrow: z.int().describe('percent of the stake, and of the winnings, that is the house’s'),
  share: decimal.nullable().describe('worth of what the seat got; null before settlement'),
})
export const battleSummary = z.object({
  id: battleId,
  phase: z.enum(battlePhases),
  mode: z.enum(battleModes),
  teamSize: z.int(),
  asset: z.string(),
  price: decimal,
  entry: decimal.describe('what the next player pays: the price less what is sponsored'),
  sponsor: z.int(),
  minLevel: z.int(),
  borrowMax: z.int(),
  revealMs: z.int(),
  rounds: z.array(z.string()),
  seats: z.array(battleSeat),
  creator: z.string(),
  createdAt: z.number(),
  winners: z.array(z.int()),
  pot: decimal.nullable(),
})
export type BattleSummary = z.infer<typeof battleSummary>
export const battlePage = z.object({
  battles: z.array(battleSummary),
  next: z.string().nullable().describe('cursor of the next page; null on the last one'),
  position: z.string().describe('where the feed goes on with what changes from here'),
})
export type BattlePage = z.infer<typeof battlePage>
/** What a list of battles may be narrowed to. Prices are decimal strings, of one seat, both ends included. */
export type BattleQuery = Readonly<{
  status?: 'open' | 'waiting' | 'running' | 'finished'
  mode?: BattleMode
  box?: string
  minPrice?: string
  maxPrice?: string
  freeSeats?: number
  cursor?: string
  limit?: number
}>

const entropyRef = z.object({ source: z.string(), round: z.int(), due_ms: z.number() })
/** Everything a stranger needs to recompute a battle. What is not yet public is null. */
export const battleProof = z.object({
  algorithm: z.literal('rollingdrop/battle/1'),
  battle: battleId,
  mode: z.string(),
  teamSize: z.int().optional().describe('1 when left out'),
  asset: z.string(),
  price: decimal,
  sponsor: z.int().optional().describe('0 when left out'),
  limited: z
    .array(z.object({ sku: z.string(), reserved: z.int() }))
    .optional()
    .describe('items of limited stock: as many as could be drawn are kept from the last seat on, or 0: paid in money'),
  seedHash: z.string(),
  serverSeed: z.string().nullable(),
  boxesHash: z.string(),
  boxes: z.array(boxVersion),
  rounds: z.array(z.int()).describe('index into boxes, one a round'),
  seats: z.array(
    z.object({
      seat: z.int(),
      user: z.string().nullable(),
      bot: z.boolean(),
      clientSeed: z.string(),
      borrow: z.int().optional().describe('0 when left out'),
    }),
  ),
  entropy: entropyRef
    .extend({
      value: z.string().nullable(),
      anchor: z.string(),
      signature: z.string().optional().describe('of a drand round, in hex'),
    })
    .nullable(),
  drops: z.array(z.object({ round: z.int(), seat: z.int(), sku: z.string(), value: decimal })),
  winners: z.array(z.int()),
  payouts: z.array(z.object({ seat: z.int(), asset: z.string(), amount: decimal })),
})
export type BattleProof = z.infer<typeof battleProof>
export const battleDetail = battleSummary.extend({
  unlisted: z.boolean(),
  key: z.string().optional().describe('of one that is in no list: with it, as id~key, others find it'),
  fast: z.boolean(),
  proof: battleProof,
})
export type BattleDetail = z.infer<typeof battleDetail>

export const historyEntry = z.object({
  seq: decimal,
  n: z.int(),
  at: z.number(),
  kind: z.string(),
  asset: z.string(),
  amount: decimal.describe('negative: went out'),
  balance: decimal.describe('after this entry'),
  battle: z.string().nullable(),
  opening: z.string().nullable().describe('the solo opening it came with'),
  payment: z.string().nullable().describe('the payment it is part of'),
  redemption: z.string().nullable(),
  listing: z.string().nullable().describe('the offer on the market it came of'),
  order: z.string().nullable().describe('the buy order it came of'),
  trade: z.string().nullable(),
})
export const historyPage = z.object({ entries: z.array(historyEntry), next: z.string().nullable() })
export type HistoryPage = z.infer<typeof historyPage>
/** What a statement may be narrowed to. Times are unix ms, `to` not included. */
export type HistoryQuery = Readonly<{
  cursor?: string
  limit?: number
  asset?: string
  kind?: string
  from?: number
  to?: number
}>

export const ownedItem = z.object({
  asset: z.string(),
  sku: z.string(),
  count: decimal,
  name: z.string().nullable(),
  rarity: z.enum(rarities).nullable(),
  value: decimal.nullable().describe('what one of it is bought back for; null: it is in no box on offer'),
  money: z.string().nullable().describe('the asset that is paid with'),
})
export const inventory = z.object({ items: z.array(ownedItem) })
export type Inventory = z.infer<typeof inventory>
export const me = z.object({
  user: z.object({ id: z.string(), name: z.string(), guest: z.boolean(), roles: z.array(z.string()) }),
  balances: z.array(z.object({ asset: z.string(), balance: decimal, held: decimal })),
  levels: z
    .array(z.object({ money: z.string(), wagered: decimal, level: z.int() }))
    .describe('one for each money ever wagered; of any other the level is 0'),
})
export type Me = z.infer<typeof me>

export const sellBack = z.strictObject({ asset: z.string().max(100), count: z.int().min(1).max(1000) })
export type SellBack = z.output<typeof sellBack>
export const sold = z.object({ asset: z.string(), count: z.int(), paid: decimal, balance: decimal })
export type Sold = z.infer<typeof sold>

export const health = z.object({
  status: z.literal('ok'),
  node: z.string(),
  lineage: z.string(),
  head: decimal.describe('seq of the last committed event'),
  tail: decimal.describe('seq up to which this node has been told'),
})
export type Health = z.infer<typeof health>

const entropyChain = z.object({
  id: z.string(),
  head: z.string().describe('what every value of the chain hashes to, published before the first is due'),
  length: z.int(),
  starts_at_ms: z.number().describe('round r is due at starts_at_ms + r × period_ms'),
  period_ms: z.int(),
})
const beacon = z.object({
  chain: z.string().describe('hash of the network’s parameters; the source of a battle is drand:<chain>'),
  publicKey: z.string().describe('BLS12-381, on G2, in hex: what every round is signed by'),
  genesis_ms: z.number().describe('round r, from 1 on, is due at genesis_ms + (r − 1) × period_ms'),
  period_ms: z.int(),
  urls: z.array(z.string()).describe('where this server asks for rounds; any other relay gives the same ones'),
})
export const entropySources = z.object({
  chains: z.array(entropyChain).describe('empty where drand decides'),
  drand: beacon.optional().describe('left out where a chain decides'),
})

/** RFC 9457, with the code of our error table. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  retry: z.boolean(),
  details: z.unknown().optional(),
  requestId: z.string().optional().describe('of the request that was refused: X-Request-Id of the answer'),
  traceId: z.string().optional().describe('of the trace that the request is part of'),
})
export type Problem = z.infer<typeof problem>

/** A signed point of the ledger; see `schema/ledger-proof.ts` for what is signed. */
export const checkpoint = z.object({
  lineage: z.string(),
  since: decimal,
  seq: decimal,
  hash: z.string(),
  root: z.string(),
  at_ms: z.number(),
  key_id: z.string(),
  public_key: z.string(),
  signature: z.string(),
})
export const checkpointPage = z.object({
  keys: z.array(z.object({ id: z.string(), public_key: z.string() })),
  checkpoints: z.array(checkpoint),
})
export type CheckpointPage = z.infer<typeof checkpointPage>
