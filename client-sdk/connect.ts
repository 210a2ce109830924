import { verifyLedgerProof } from '../game/ledger-proof.ts'
import { verifyBattle } from '../game/battle/verify.ts'
import { verifyOpening } from '../game/opening/verify.ts'
import { battleRefOf } from '../schema/battle-ref.ts'
import type {
  BattleDetail,
  BattleMade,
  BattlePage,
  BoxItems,
  BoxSummary,
  CheckpointPage,
  HistoryPage,
  Me,
  Sold,
} from '../schema/http.ts'
import type { OpeningProof, OwnSeeds } from '../schema/opening.ts'
import { accountOver } from './account.ts'
import { adminOver } from './admin.ts'
import { analyticsOver } from './analytics.ts'
import type { RollingDrop, TokenStore } from './api.ts'
import { Battle } from './battle.ts'
import { Caller } from './caller.ts'
import { systemClock, type Clock } from './clock.ts'
import { Door } from './door.ts'
import { exchangeOver } from './exchange.ts'
import { Feed } from './feed.ts'
import { Identity } from './identity.ts'
import { inventoryOver, marketOver, tradesOver } from './market.ts'
import { Notes } from './notes.ts'
import { linkOpener } from './open-link.ts'
import { OpeningNotes } from './opening-notes.ts'
import { freshSeed } from './seed.ts'
import { Session } from './session.ts'
import { defaultTokens } from './tokens.ts'
import { limitsOver } from './limits.ts'
import { personOver } from './person.ts'
import { walletOver } from './wallet.ts'

/** `tokens`: localStorage in a browser, memory elsewhere. `fetch`: the platform's. */
export type ConnectOptions = Readonly<{ tokens?: TokenStore; fetch?: typeof fetch; clock?: Clock }>

type Closable = Readonly<{ close(): Promise<void>; onStatus(listen: (status: string) => void): () => void }>

/** RollingDrop at `url` (`http://host[:port][/path]` or https). Nothing is sent before the first call. */
export function connect(url: string, options: ConnectOptions = {}): RollingDrop {
  const { tokens: store = defaultTokens(), clock = systemClock } = options
  const base = url.replace(/\/+$/, '')
  const exchange = exchangeOver(options.fetch ?? ((input, init) => globalThis.fetch(input, init)))
  const identity = new Identity({ base, store, exchange, clock })
  const caller = new Caller({ base, exchange, identity, clock })
  const open = linkOpener({ door: new Door({ base, caller, identity, clock }), identity, clock })
  const notes = new Notes()
  const openingNotes = new OpeningNotes()
  const links = openLinks()
  const me = () => caller.get<Me>('/me')
  const user = currentUser(identity, me)

  return {
    url: base,
    user,
    me,
    logout: async () => {
      await links.closeAll()
      await logout(caller, identity)
    },
    account: accountOver({ base, exchange, caller, identity }),
    admin: adminOver(caller),
    analytics: analyticsOver(caller, clock),
    wallet: walletOver(caller),
    limits: limitsOver(caller),
    person: personOver(caller),
    inventory: inventoryOver(caller),
    market: marketOver(caller),
    trades: tradesOver(caller),
    boxes: {
      catalog: () => caller.get<readonly BoxSummary[]>('/boxes/catalog'),
      items: (box) => caller.get<BoxItems>(`/boxes/${encodeURIComponent(box)}/items`),
    },
    battles: {
      list: (query) => caller.get<BattlePage>('/battles', query),
      get: (ref) => caller.get<BattleDetail>(`/battles/${encodeURIComponent(ref)}`),
      create: async ({ clientSeed = freshSeed(), ...battle }) => {
        const { id, key } = await caller.post<BattleMade>('/battles', { ...battle, clientSeed })
        notes.gave(id, 0, clientSeed)
        return { id, ref: battleRefOf({ id, key }) }
      },
      watch: (ref) => links.add(new Battle({ open, clock, notes, user: () => identity.kept()?.user.id }, ref)),
    },
    feed: { subscribe: (wanted, listen) => links.add(new Feed(open, wanted, listen)) },
    session: () => links.add(new Session({ open, clock, notes: openingNotes, user: async () => (await user()).id })),
    history: (query) => caller.get<HistoryPage>('/transactions/history', query),
    sell: (asset, count) => caller.post<Sold>('/transactions/sell', { asset, count }),
    verify: async (proof) => {
      // The curve is large: only who looks at a battle that drand decided loads it.
      const isBeacon = proof.entropy?.source.startsWith('drand:')
      const verifyBeacon = isBeacon ? (await import('./verify-beacon.ts')).verifyBeacon : undefined
      return verifyBattle(proof, notes.of(proof.battle), verifyBeacon)
    },
    openings: {
      proof: (id) => caller.get<OpeningProof>(`/openings/${encodeURIComponent(id)}/proof`),
      verify: async (proof) => verifyOpening(proof, openingNotes.of(proof.seeds)),
      seeds: () => caller.get<OwnSeeds>('/seeds'),
    },
    ledger: {
      checkpoints: () => caller.get<CheckpointPage>('/.well-known/ledger-checkpoints'),
      verify: (proof, keys) => verifyLedgerProof(proof, { keys }),
    },
    close: () => links.closeAll(),
  }
}

/** The links that are open, so that all of them can be closed. */
function openLinks() {
  const links = new Set<Closable>()
  return {
    add<T extends Closable>(link: T): T {
      links.add(link)
      link.onStatus((status) => status === 'closed' && links.delete(link))
      return link
    },
    async closeAll(): Promise<void> {
      await Promise.all([...links].map((link) => link.close()))
    },
  }
}

/** Tokens of an earlier visit may belong to nobody any more: the first call asks the server. */
function currentUser(identity: Identity, me: () => Promise<Me>) {
  let known = identity.kept() === null
  return async () => {
    if (!known) await me()
    known = true
    return (await identity.current()).user
  }
}

async function logout(caller: Caller, identity: Identity): Promise<void> {
  const kept = identity.kept()
  if (!kept) return
  try {
    await caller.call({ method: 'POST', path: '/auth/logout', body: { refreshToken: kept.refreshToken } })
  } finally {
    identity.forget()
  }
}
