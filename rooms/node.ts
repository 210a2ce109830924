import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { pause, type NodeClock } from '../entropy/clock.ts'
import type { Log } from './actor.ts'
import type { Peer } from './placement.ts'

export type NodeOptions = Readonly<{
  databaseUrl: string
  pool: pg.Pool
  /** Colyseus's id of this process. */
  process: string
  /** `host[:port][/path]` at which clients reach this node, or the balancer before all of them; empty when it is alone. */
  address: string
  lease_ms: number
  beat_ms: number
  /** Told the database's time with each beat. */
  clock: NodeClock
  log: Log
  /** Battles that this node has, told to the others with each beat. */
  load(): number
  /** Somebody has declared this node dead: whatever it acted for is another's now. */
  lost(): void
}>

/** Another node that has gone: its id, and its process as Colyseus knows it. */
export type DeadNode = Readonly<{ id: string; process: string }>

type Entry = Readonly<{ id: string; address: string; process: string; load: number }>

/** A node that has missed this many beats is suspect: it may still be alive, and is sent nothing new. */
const BEATS_MISSED_MAX = 3

/** The class of the advisory locks that nodes hold; the key is the node's own. */
const NODE_LOCK = 7
const RECONNECT_MS = 100

/**
 * This node's entry among the living: a lease by the database's clock, and a lock on a session used for nothing else, which
 * Postgres drops the instant the process dies.
 *
 *     registered ──session breaks──▶ reconnecting ──row still there──▶ registered, as the same node
 *         └──────── row gone ────────────────┴──▶ lost (told) ──▶ registered, as a new node
 *
 * Neither lease nor lock is what keeps two nodes from acting for one battle; that is the fence of the ledger.
 */
export class ClusterNode {
  readonly #options: NodeOptions
  #id = ''
  #lockKey = 0
  #session: pg.Client | undefined
  #quiet_until_ms = 0
  #closed = false
  #beating: Promise<void> = Promise.resolve()

  private constructor(options: NodeOptions) {
    this.#options = options
  }

  static async join(options: NodeOptions): Promise<ClusterNode> {
    const node = new ClusterNode(options)
    await node.#register()
    node.#beating = node.#beat()
    return node
  }

  get id(): string {
    return this.#id
  }

  /**
   * Whether the database has been away within the last lease: then nobody can be told dead from merely absent, and nothing
   * of another node is claimed.
   */
  get isQuiet(): boolean {
    return this.#options.clock.now() < this.#quiet_until_ms
  }

  /** To be called when the database did not answer. */
  troubled(): void {
    this.#quiet_until_ms = this.#options.clock.now() + this.#options.lease_ms
  }

  /** The address of a node that is alive. */
  async addressOf(node: string): Promise<string | undefined> {
    return this.#addressWhere('id = $1', node)
  }

  /** The address of a node that is alive and takes battles; undefined when it has gone, is draining or cannot be reached from outside. */
  async wayIn(node: string): Promise<string | undefined> {
    return this.#addressWhere(`id = $1 and not draining and address <> ''`, node)
  }

  /** Addresses of other nodes that take battles over, the least loaded first. */
  async others(): Promise<readonly string[]> {
    const peers = await this.peers()
    const open = peers.filter(({ address }) => address !== '').toSorted((a, b) => a.load - b.load)
    return open.map(({ address }) => address)
  }

  /** The other nodes that take battles: alive, not draining and not suspect. */
  async peers(): Promise<readonly Peer[]> {
    const { pool, lease_ms, beat_ms } = this.#options
    const { rows } = await pool.query<Entry>(
      `select id, address, process, load from node
       where id <> $1 and not draining and lease_until > clock_timestamp() + $2 * interval '1 ms' and node_is_live(id)`,
      [this.#id, Math.max(0, lease_ms - BEATS_MISSED_MAX * beat_ms)],
    )
    return rows.map((entry) => ({ id: entry.id, address: this.#wayTo(entry), load: entry.load }))
  }

  /** Takes the dead off the table; each of them is returned to one caller only. */
  async reap(): Promise<readonly DeadNode[]> {
    const { rows } = await this.#options.pool.query<DeadNode>(
      'delete from node where id <> $1 and not node_is_live(id) returning id, process',
      [this.#id],
    )
    return rows
  }

  /** Stops other nodes from pointing here. */
  async drain(): Promise<void> {
    await this.#options.pool.query('update node set draining = true where id = $1', [this.#id])
  }

  /** Leaves the living at once. */
  async leave(): Promise<void> {
    this.#closed = true
    await this.#beating
    await this.#options.pool.query('delete from node where id = $1', [this.#id])
    await this.#session?.end()
  }

  async #addressWhere(condition: string, node: string): Promise<string | undefined> {
    const sql = `select address, process from node where ${condition} and node_is_live(id)`
    const { rows } = await this.#options.pool.query<Entry>(sql, [node])
    return rows[0] && this.#wayTo(rows[0])
  }

  /** Nodes that share one public address stand behind one balancer, which tells them apart by the process in the path. */
  #wayTo({ address, process }: Pick<Entry, 'address' | 'process'>): string {
    return address !== '' && address === this.#options.address ? `${address}/${process}` : address
  }

  async #register(): Promise<void> {
    const { process, address, lease_ms } = this.#options
    const session = await this.#connect()
    this.#id = randomUUID()
    // Row and lock appear together: nobody sees one without the other.
    await session.query('begin')
    const { rows } = await session.query<{ lock_key: number }>(
      `insert into node(id, process, address, lease_until)
       values ($1, $2, $3, clock_timestamp() + $4 * interval '1 ms') returning lock_key`,
      [this.#id, process, address, lease_ms],
    )
    this.#lockKey = rows[0]!.lock_key
    await session.query('select pg_advisory_lock($1, $2)', [NODE_LOCK, this.#lockKey])
    await session.query('commit')
  }

  async #connect(): Promise<pg.Client> {
    const { databaseUrl, lease_ms } = this.#options
    const session = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'rollingdrop node',
      query_timeout: lease_ms,
      connectionTimeoutMillis: lease_ms,
    })
    session.on('error', () => this.troubled())
    await session.connect()
    this.#session = session
    return session
  }

  async #beat(): Promise<void> {
    const { clock, beat_ms, log } = this.#options
    for (await pause(clock, beat_ms); !this.#closed; await pause(clock, beat_ms)) {
      try {
        if (await this.#extend()) continue
        this.troubled()
        log.warn({ node: this.#id }, 'this node was taken for dead')
        this.#options.lost()
        await this.#again(() => this.#register())
      } catch (error) {
        this.troubled()
        log.warn({ node: this.#id, error }, 'the session of this node broke')
        await this.#again(() => this.#resume())
      }
    }
  }

  /** False: the row is gone. */
  async #extend(): Promise<boolean> {
    const { clock, lease_ms, load } = this.#options
    const asked = performance.now()
    const { rows } = await this.#session!.query<{ database_ms: number }>(
      `update node set lease_until = clock_timestamp() + $2 * interval '1 ms', load = $3 where id = $1
       returning (extract(epoch from clock_timestamp()) * 1000)::float8 database_ms`,
      [this.#id, lease_ms, load()],
    )
    const [row] = rows
    if (row) clock.learn?.({ asked, answered: performance.now(), database_ms: row.database_ms })
    return row !== undefined
  }

  /** A new session for the same node; whether the row is still there the next beat finds out. */
  async #resume(): Promise<void> {
    const session = await this.#connect()
    const { rows } = await session.query<{ had: boolean }>('select pg_try_advisory_lock($1, $2) had', [
      NODE_LOCK,
      this.#lockKey,
    ])
    // The old session's end of the line may still hold it: then it stands for us until Postgres notices.
    if (!rows[0]!.had) throw new Error('the lock of this node is still held by its last session')
    await this.#extend()
  }

  async #again(attempt: () => Promise<void>): Promise<void> {
    while (!this.#closed) {
      this.#session?.removeAllListeners()
      this.#session?.on('error', () => {}) // It is given up already.
      void this.#session?.end().catch(() => {}) // Nor does it matter how it ends.
      try {
        return await attempt()
      } catch {
        this.troubled() // Until the database answers again there is nothing to say but that.
        await pause(this.#options.clock, RECONNECT_MS)
      }
    }
  }
}
