import type { ProofVerdict } from '../game/ledger-proof.ts'
import type { CommandReply } from '../schema/battle-message.ts'
import type { BattleState } from '../schema/battle-state.ts'
import type { FeedEvent, FeedFilter } from '../schema/feed.ts'
import type {
  BattleDetail,
  BattlePage,
  BattleProof,
  BattleQuery,
  BoxItems,
  BoxSummary,
  CheckpointPage,
  CreateBattle,
  HistoryPage,
  HistoryQuery,
  Me,
  Sold,
  Tokens,
} from '../schema/http.ts'
import type { OwnLimit } from '../schema/limits.ts'
import type { Opened, OpeningOpened, OpeningProof, OwnSeeds } from '../schema/opening.ts'
import type { Account } from './account.ts'
import type { Analytics } from './analytics.ts'
import type { Admin } from './admin.ts'
import type { Inventory, Market, Trades } from './market.ts'
import type { OwnLimitsLink } from './limits.ts'
import type { PersonLink } from './person.ts'
import type { Wallet } from './wallet.ts'
import type { OwnResult, SessionState } from '../schema/session.ts'

/** How a live thing is connected: `connecting` first, `reconnecting` after a drop, `closed` for good. */
export type LinkStatus = 'connecting' | 'live' | 'reconnecting' | 'closed'

/** A battle one watches and may play in. Survives drops and node deaths by itself. `state` is null before the first sync. */
export interface BattleLink {
  readonly id: string
  readonly state: BattleState | null
  readonly status: LinkStatus
  onChange(listen: (state: BattleState) => void): () => void
  onStatus(listen: (status: LinkStatus) => void): () => void
  /**
   * Takes a seat with a fresh client seed (or the given one). `borrow` is the percent of the stake that the house lends, at
   * most the battle's `borrowMax`. Rejects with a RollingDropError.
   */
  join(seat: number, clientSeed?: string, borrow?: number): Promise<CommandReply>
  leave(): Promise<CommandReply>
  callBot(seat: number): Promise<CommandReply>
  cancel(): Promise<CommandReply>
  close(): Promise<void>
}

/** What a feed subscriber is told. `recovered`: what a drop missed; `snapshot`: too much was missed, these are the latest. */
export type FeedUpdate = Readonly<{
  type: 'events' | 'recovered' | 'snapshot'
  position: string
  events: readonly FeedEvent[]
}>

export interface FeedLink {
  readonly position: string | null
  readonly status: LinkStatus
  onStatus(listen: (status: LinkStatus) => void): () => void
  close(): Promise<void>
}

/** The signed-in user's own things, on any number of devices. Every command is done once, whatever becomes of the connection. */
export interface SessionLink {
  readonly state: SessionState | null
  readonly status: LinkStatus
  onChange(listen: (state: SessionState) => void): () => void
  /**
   * Each message of the user's log once, in order, those that came while nobody was here first. What was told is
   * acknowledged by itself; nothing is told, or acknowledged, before somebody listens.
   */
  onResult(listen: (result: OwnResult) => void): () => void
  /** What the user has opened, here or on another device. */
  onOpened(listen: (opened: OpeningOpened) => void): () => void
  onStatus(listen: (status: LinkStatus) => void): () => void
  /**
   * Opens a box, `count` times in one go (1 unless told otherwise). With the hash of the contents one has seen it is that version or
   * nothing (`box/changed`). Before the first one a pair of seeds is begun with a seed of our own.
   */
  open(box: string, count?: number, boxHash?: string): Promise<Opened>
  sell(asset: string, count: number): Promise<Sold>
  /** Ends the pair of seeds in use, which reveals its server seed, and begins the next with a fresh client seed of our own. */
  rotateSeeds(): Promise<OwnSeeds>
  /** The same with the user's own client seed: 64 hex digits that nobody could know beforehand. */
  setClientSeed(clientSeed: string): Promise<OwnSeeds>
  /** What may be spent on openings in a day (UTC), in smallest units; null takes the limit away. Lower at once, higher a day later. */
  setLimit(asset: string, amount: string | null): Promise<readonly OwnLimit[]>
  close(): Promise<void>
}

/** Keeps tokens between visits: localStorage in a browser, memory or a file in Node. */
export interface TokenStore {
  load(): Tokens | null
  save(tokens: Tokens | null): void
}

/** The whole of RollingDrop as a client sees it. Made by `connect(url, {tokens?})`; every method rejects with a RollingDropError. */
export interface RollingDrop {
  readonly url: string
  /** The signed-in user; a guest session is made on first use. */
  user(): Promise<Tokens['user']>
  me(): Promise<Me>
  logout(): Promise<void>
  readonly account: Account
  readonly admin: Admin
  readonly analytics: Analytics
  /** Money in and out, and things sent home. */
  readonly wallet: Wallet
  readonly limits: OwnLimitsLink
  readonly person: PersonLink
  readonly inventory: Inventory
  readonly market: Market
  readonly trades: Trades
  readonly boxes: {
    catalog(): Promise<readonly BoxSummary[]>
    items(box: string): Promise<BoxItems>
  }
  readonly battles: {
    list(query?: BattleQuery): Promise<BattlePage>
    /** By its id; one that is in no list by its `ref`, unless one sits in it. */
    get(ref: string): Promise<BattleDetail>
    /** `clientSeed` is made here when left out. `ref` is what others find it by: the id, of an unlisted one with its key. */
    create(battle: Omit<CreateBattle, 'clientSeed'> & { clientSeed?: string }): Promise<{ id: string; ref: string }>
    watch(ref: string): BattleLink
  }
  readonly feed: {
    subscribe(options: { since?: string; filter?: FeedFilter }, listen: (update: FeedUpdate) => void): FeedLink
  }
  session(): SessionLink
  /** The statement, newest first; `from` and `to` are unix ms, `to` not included. */
  history(query?: HistoryQuery): Promise<HistoryPage>
  sell(asset: string, count: number): Promise<Sold>
  verify(proof: BattleProof): Promise<Verification>
  /** Solo openings; they are made over the session. */
  readonly openings: {
    /** Everything to recompute an opening with. The server seed is null until its pair is rotated. */
    proof(id: string): Promise<OpeningProof>
    verify(proof: OpeningProof): Promise<Verification>
    seeds(): Promise<OwnSeeds>
  }
  readonly ledger: {
    /** Signed points of the ledger, newest first, and the keys that signed them. Keep one: nothing before it can change unnoticed. */
    checkpoints(): Promise<CheckpointPage>
    /** Checks the proof of an outcome against keys one trusts (hex, as `checkpoints` lists them). Asks nobody. */
    verify(proof: unknown, keys: readonly string[]): Promise<ProofVerdict>
  }
  close(): Promise<void>
}

/** The four stages a stranger checks, in order, each with what was compared. */
export type Verification = Readonly<{
  ok: boolean
  stages: readonly Readonly<{ name: 'seed' | 'randomness' | 'game' | 'payout'; ok: boolean; detail: string }>[]
}>
