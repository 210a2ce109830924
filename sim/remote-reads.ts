import type { Actors, LedgerReader } from '../ledger/ledger.ts'
import type { Database } from './database.ts'
import type { Machine } from './machine.ts'

type Question<A extends readonly unknown[], T> = (...args: A) => Promise<T>

/** The rows of actors as a machine reaches them. */
export function remoteActors(database: Database, machine: Machine): Actors {
  const { actors } = database
  const far = remote(database, machine)
  return {
    activate: far('activate', (id, node) => actors.activate(id, node)),
    release: far('release', (actor) => actors.release(actor)),
    superseded: far('superseded', (activations) => actors.superseded(activations)),
    find: far('find', (id) => actors.find(id)),
    findMany: far('find', (ids) => actors.findMany(ids)),
    claimable: far('claimable', (kind, limit, slice) => actors.claimable(kind, limit, slice)),
    open: far('open', (query) => actors.open(query)),
    finished: far('finished', (query) => actors.finished(query)),
  }
}

/** What a machine reads of the ledger. */
export function remoteReader(database: Database, machine: Machine): LedgerReader {
  const { reader } = database
  const far = remote(database, machine)
  return {
    balances: far('balances', (tenant, owner) => reader.balances(tenant, owner)),
    balance: far('balance', (tenant, owner, asset) => reader.balance(tenant, owner, asset)),
    statement: far('statement', (query) => reader.statement(query)),
    balanceAt: far('balance at', (tenant, owner, asset, seq) => reader.balanceAt(tenant, owner, asset, seq)),
    events: far('events', (query) => reader.events(query)),
    receipt: far('receipt', (tenant, owner, id) => reader.receipt(tenant, owner, id)),
    head: far('head', () => reader.head()),
  }
}

function remote(database: Database, machine: Machine) {
  return <A extends readonly unknown[], T>(what: string, question: Question<A, T>): Question<A, T> =>
    (...args) =>
      database.ask(machine, `${what} ${named(args)}`, () => question(...args))
}

/** The arguments in so few words that a trace can be read. */
function named(args: readonly unknown[]): string {
  const words = args.map((arg) => (typeof arg === 'string' ? arg.slice(-13) : ''))
  return words.filter((word) => word !== '').join(' ')
}
