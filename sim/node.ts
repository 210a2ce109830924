import { battleSeedContext } from '../access/seal.ts'
import { createBattle, type NewBattle } from '../game/battle/create.ts'
import { battleToJson } from '../game/battle/stored.ts'
import { hashSeed } from '../game/fairness/seed.ts'
import { GroupCommit } from '../ledger/group-commit.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { defaultLimits } from '../ledger/limits.ts'
import type { Log } from '../rooms/actor.ts'
import { BattleHost, type Place } from '../rooms/battle/host.ts'
import { BATTLE, battleActor } from '../rooms/battle/rules.ts'
import { Placement } from '../rooms/placement.ts'
import { Rounds } from '../rooms/rounds.ts'
import { digestOf } from '../schema/digest.ts'
import { RollingDropError } from '../schema/errors.ts'
import type { Outcome, Receipt } from '../schema/outcome.ts'
import type { OutcomeId } from '../schema/uuid.ts'
import { simSealer } from './entropy.ts'
import type { Machine } from './machine.ts'
import { Membership } from './membership.ts'
import { remoteActors, remoteReader } from './remote-reads.ts'
import { RemoteStore } from './remote-store.ts'
import { SimRoom } from './room.ts'
import type { World } from './world.ts'

export type Opened = Readonly<{ room: SimRoom }>

/** What a creator asks for; the node adds the seeds. */
export type Wish = Omit<NewBattle, 'seedHash' | 'sealedSeed'> & Readonly<{ id: OutcomeId }>

/** Longer than this no outcome is tried before its actor hears that it is in doubt. */
const GIVE_UP_MS = 1_500
const MAILBOX_MAX = 64
const READINGS = 3
const AGAIN_MS = 100
const ROOMS_MAX = 5

type Parts = Readonly<{ members: Membership; ledger: Ledger; battles: BattleHost<Opened>; rounds: Rounds }>

/** A node of the cluster: the real host of battles with its rounds, over a simulated machine. */
export class SimNode {
  readonly machine: Machine
  readonly #world: World
  readonly #parts: Parts
  #isDraining = false

  private constructor(world: World, machine: Machine, parts: Parts) {
    this.#world = world
    this.machine = machine
    this.#parts = parts
  }

  /** Resolves once it is among the living. `machine` runs from the start on. */
  static async start(world: World, machine: Machine, address: string): Promise<SimNode> {
    const { database } = world
    const { clock } = machine
    const log = logOf(world, machine)
    let incarnation = 0
    const newId = () => `${machine.name}-${(incarnation += 1)}`
    const own = { newId, lost: () => battles.abandon(), load: () => battles.acting }
    await readTime(world, machine)
    const members = await Membership.join({ database, machine, address, clock, ...own })
    const ledger = ledgerOf(world, machine)
    const load = { load: () => battles.acting, held: () => battles.count }
    const placement: Placement = new Placement({ node: members, rooms_max: ROOMS_MAX, ...load })
    const battles = hostOf(world, machine, { members, ledger, placement, log })
    const forgetProcess = async () => {} // There is no list of rooms here that others could read.
    const rounds = new Rounds({ node: members, battles, placement, shelves: [], forgetProcess, clock, log })
    return new SimNode(world, machine, { members, ledger, battles, rounds })
  }

  get id(): string {
    return this.#parts.members.id
  }

  /** `take`: another node has sent whoever asks, because this one has less. */
  async seat(battle: string, take: boolean): Promise<Place<Opened>> {
    if (this.#isDraining) throw new RollingDropError('server/draining')
    return this.#parts.battles.place(battle, take)
  }

  /** Opens the battle that is wished for: once, however often it is asked. */
  async create({ id, ...wish }: Wish): Promise<void> {
    if (this.#isDraining) throw new RollingDropError('server/draining')
    const serverSeed = this.#world.random.fork(`${this.machine.name}/${id}`).hex32()
    const secret = { seedHash: hashSeed(serverSeed), sealedSeed: simSealer.seal(serverSeed, battleSeedContext(id)) }
    const decision = createBattle({ ...wish, id, ...secret }, this.machine.clock.now())
    if (!decision.ok) throw new RollingDropError(decision.code, decision.details)
    const { kind, transfers, events, wake_at_ms, finished } = decision.effects
    const state = battleToJson(decision.battle)
    const actor = { id: battleActor(id), kind: BATTLE, epoch: 0, version: 0, state, wake_at_ms, finished }
    const request = digestOf({ id, by: wish.creator.user })
    await this.#parts.ledger.commit({ id, kind, tenant: wish.tenant, request, actor, transfers, events })
  }

  /** Hands everything over, as on SIGTERM. */
  async drain(): Promise<void> {
    const { rounds, members, battles } = this.#parts
    this.#isDraining = true
    await rounds.stop()
    await members.drain()
    await battles.drain(await members.others())
    await members.leave()
  }
}

/** The clock is of use once the database has been read. */
async function readTime({ database, schedule }: World, machine: Machine): Promise<void> {
  for (let read = 0; read < READINGS;) {
    const asked = machine.steady.now()
    try {
      const database_ms = await database.ask(machine, 'the time', () => schedule.now_ms)
      machine.clock.learn?.({ asked, answered: machine.steady.now(), database_ms })
      read += 1
    } catch {
      await machine.wait(AGAIN_MS) // It is away; a node cannot start without it.
    }
  }
}

type HostParts = Readonly<{ members: Membership; ledger: Ledger; placement: Placement; log: Log }>

function hostOf({ source, witness }: World, machine: Machine, { members, ...parts }: HostParts): BattleHost<Opened> {
  const { clock, name } = machine
  const entropy = source.for(machine)
  const own = { node: members, process: name, clock, entropy, sealer: simSealer, mailbox_max: MAILBOX_MAX }
  return new BattleHost<Opened>({
    ...parts,
    ...own,
    async openRoom(screening) {
      await machine.wait(2)
      return { room: new SimRoom({ screening, clock, entropy, witness, machine: name }) }
    },
  })
}

function ledgerOf(world: World, machine: Machine): Ledger {
  const { database, history, schedule, mutation } = world
  const store = new RemoteStore(database, machine, (accepted, written) => history.wrote(accepted, written))
  const pace = { now_ms: () => schedule.now_ms, wait: (wait_ms: number) => machine.wait(wait_ms) }
  const commits = new GroupCommit(store, { ...defaultLimits, give_up_ms: GIVE_UP_MS }, () => {}, pace)
  const submit = (outcome: Outcome): Promise<Receipt> => commits.submit(outcome)
  return {
    commit(outcome) {
      history.submitted(outcome)
      return mutation ? mutation(outcome, submit, database.tables) : submit(outcome)
    },
    reader: remoteReader(database, machine),
    actors: remoteActors(database, machine),
  }
}

function logOf({ trace }: World, { name }: Machine): Log {
  const note = (fields: object, message: string) => {
    const { error } = fields as { error?: unknown }
    trace.note(`${name} logs: ${message}${error instanceof Error ? ` (${error.message})` : ''}`)
  }
  return { info: note, warn: note, error: note }
}
