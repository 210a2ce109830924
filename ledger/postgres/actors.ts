import type pg from 'pg'
import type { TenantId } from '../../schema/account.ts'
import type { Activation, ActorRow, Actors, Slice } from '../ledger.ts'
import { Gathering } from '../gathering.ts'
import { list, run, statement, texts, type Row, type Statement } from './statement.ts'

const activateActor = statement('activate-actor')
const releaseActor = statement('release-actor')
const findActors = statement('find-actors')
const claimableActors = statement('claimable-actors')
const supersededActors = statement('superseded-actors')
const openActors = statement('open-actors')
const finishedActors = statement('finished-actors')

/** Actors without a room are read for each command: those of many users at once. */
const TOGETHER = { batch_max: 100, at_once_max: 3 }

type Page = Readonly<{ tenant: TenantId; kind: string; before?: string; limit: number }>

/** Actor rows over a pool. See `Actors` for what each call promises. */
export class PostgresActors implements Actors {
  readonly #pool: pg.Pool
  readonly #finding: Gathering<string, ActorRow | undefined>

  constructor(pool: pg.Pool) {
    this.#pool = pool
    this.#finding = new Gathering((ids) => this.#findEach(ids), TOGETHER)
  }

  async activate(id: string, node: string): Promise<ActorRow | undefined> {
    const [row] = await this.#run(activateActor, [id, node])
    return row && actorRow(row)
  }

  async release({ id, epoch, version }: Readonly<{ id: string; epoch: number; version: number }>): Promise<boolean> {
    return (await this.#run(releaseActor, [id, epoch, version])).length === 1
  }

  find(id: string): Promise<ActorRow | undefined> {
    return this.#finding.ask(id)
  }

  async findMany(ids: readonly string[]): Promise<readonly ActorRow[]> {
    return (await this.#run(findActors, [texts(ids)])).map(actorRow)
  }

  async #findEach(ids: readonly string[]): Promise<readonly (ActorRow | undefined)[]> {
    const rows = new Map((await this.findMany([...new Set(ids)])).map((row) => [row.id, row]))
    return ids.map((id) => rows.get(id))
  }

  async claimable(kind: string, limit: number, { nth, of }: Slice = { nth: 0, of: 1 }): Promise<readonly string[]> {
    return (await this.#run(claimableActors, [kind, limit, of, nth])).map(([id]) => id!)
  }

  async superseded(activations: readonly Activation[]): Promise<readonly Activation[]> {
    const [ids, epochs] = [activations.map(({ id }) => id), activations.map(({ epoch }) => epoch)]
    const rows = await this.#run(supersededActors, [texts(ids), list(epochs)])
    return rows.map(([id, epoch]) => ({ id: id!, epoch: Number(epoch) }))
  }

  async open({ tenant, kind, before, limit }: Page): Promise<readonly ActorRow[]> {
    return (await this.#run(openActors, [tenant, kind, before ?? null, limit])).map(actorRow)
  }

  async finished({ tenant, kind, before, limit }: Page): Promise<readonly ActorRow[]> {
    return (await this.#run(finishedActors, [tenant, kind, before ?? null, limit])).map(actorRow)
  }

  async #run(wanted: Statement, values: readonly unknown[]): Promise<readonly Row[]> {
    const client = await this.#pool.connect()
    try {
      return await run(client, wanted, values)
    } finally {
      client.release()
    }
  }
}

function actorRow([id, tenant, kind, epoch, version, state, node, wake_at_ms, finished]: Row): ActorRow {
  return {
    id: id!,
    tenant: tenant!,
    kind: kind!,
    epoch: Number(epoch),
    version: Number(version),
    state: state!,
    node: node!,
    wake_at_ms: wake_at_ms === null ? null : Number(wake_at_ms),
    finished: finished === 't',
  }
}
