import { afterEach, describe, expect, test } from 'vitest'
import type { Outcome } from '../schema/outcome.ts'
import { uuidv7 } from '../schema/uuid.ts'
import type { GroupCommitLimits } from './group-commit.ts'
import { openMemoryLedger, type MemoryLedger } from './memory/open.ts'
import { EVENT, pay, refusal } from './spec/world.ts'
import { StoreError, type FailureReason, type Store, type StoreLane } from './store.ts'

/** What a test does at a lane's steps; a throw is the store's failure. */
type Faults = Partial<Readonly<Record<'open' | 'load' | 'write' | 'written', () => void | Promise<void>>>>

function withFaults(store: Store, faults: Faults): Store {
  const open = async (): Promise<StoreLane> => {
    await faults.open?.()
    const lane = await store.open()
    return {
      stripe: lane.stripe,
      load: async (needs) => {
        await faults.load?.()
        return await lane.load(needs)
      },
      write: async (book, accepted) => {
        await failing(lane, faults.write)
        const written = await lane.write(book, accepted)
        await faults.written?.()
        return written
      },
      abandon: () => lane.abandon(),
      close: () => lane.close(),
    }
  }
  return { open }
}

/** A store that fails has rolled back. */
async function failing(lane: StoreLane, fault: Faults['write']): Promise<void> {
  try {
    await fault?.()
  } catch (error) {
    await lane.abandon()
    throw error
  }
}

const opened: MemoryLedger[] = []
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())))

async function open(faults: Faults, limits: Partial<GroupCommitLimits> = {}): Promise<MemoryLedger> {
  const now_ms = Date.now()
  const wrap = (store: Store): Store => withFaults(store, faults)
  const ledger = await openMemoryLedger({ now_ms: () => now_ms, wrap, limits: { lanes: 1, ...limits } })
  opened.push(ledger)
  return ledger
}

function outcome(parts: Partial<Outcome> = {}): Outcome {
  const id = uuidv7()
  return { id, kind: 'test', tenant: 'one', request: '0'.repeat(64), transfers: [], events: [EVENT], ...parts }
}

/** Fails the first `times` times it is asked. */
function first(times: number, reason: FailureReason): () => void {
  let left = times
  return () => {
    if (left-- > 0) throw new StoreError(reason, new Error('a fault'))
  }
}

describe('while a batch is at the store', () => {
  /** Holds the store until it is opened. */
  function gate(): Readonly<{ pass: () => Promise<void>; open: () => void }> {
    const { promise, resolve } = Promise.withResolvers<void>()
    return { pass: () => promise, open: resolve }
  }

  /** Of what waits behind the first batch, the owners in the order in which they commit. */
  async function order(waiting: readonly Partial<Outcome>[]): Promise<string[]> {
    const held = gate()
    const { ledger, tail } = await open({ load: held.pass }, { batch_outcomes_max: 4 })
    const told: string[] = []
    tail.subscribe((events) => told.push(...events.map(({ tenant, user }) => `${tenant}/${user}`)))
    const ahead = ledger.commit(outcome({ tenant: 'ahead' }))
    await Promise.resolve() // the batch is under way
    const commits = waiting.map((parts) => {
      const user = (parts.owner ?? '-:-').split(':')[1]!
      return ledger.commit(outcome({ ...parts, events: [{ ...EVENT, user }] }))
    })
    held.open()
    await Promise.all([ahead, ...commits])
    return told.slice(1)
  }

  const many = (parts: Partial<Outcome>) => Array.from({ length: 20 }, () => parts)

  test('a quiet tenant does not wait behind a loud one', async () => {
    const quiet = { tenant: 'quiet', owner: 'user:q' }
    const told = await order([...many({ tenant: 'loud', owner: 'user:l' }), quiet])
    expect(told.indexOf('quiet/q')).toBeLessThan(4)
  })

  test('within a tenant a quiet caller does not wait behind a loud one', async () => {
    const told = await order([...many({ owner: 'user:l' }), { owner: 'user:q' }])
    expect(told.indexOf('one/q')).toBeLessThan(4)
  })

  test('each caller’s own outcomes keep their order', async () => {
    const held = gate()
    const { ledger } = await open({ load: held.pass }, { batch_outcomes_max: 3 })
    const commits = Array.from({ length: 30 }, (_, i) => ledger.commit(outcome({ owner: `user:${i % 4}` })))
    held.open()
    const seqs = (await Promise.all(commits)).map(({ first_seq }) => first_seq)
    for (let i = 4; i < seqs.length; i++) expect(seqs[i]).toBeGreaterThan(seqs[i - 4]!)
  })

  test('all that wait go together', async () => {
    const held = gate()
    let batches = 0
    const { ledger } = await open({ load: held.pass, write: () => void (batches += 1) })
    const ahead = ledger.commit(outcome({ tenant: 'ahead' }))
    await Promise.resolve()
    const commits = Array.from({ length: 100 }, () => ledger.commit(outcome()))
    held.open()
    await Promise.all([ahead, ...commits])
    expect(batches).toBe(2)
  })

  test('a batch stays below its limit of bytes', async () => {
    const batches: number[] = []
    const { ledger, tail } = await open({}, { batch_bytes_max: 50_000 })
    tail.subscribe((events) => void batches.push(events.length))
    const state = JSON.stringify('x'.repeat(20_000))
    const create = (n: number) =>
      ledger.commit(outcome({ actor: { id: `a-${n}`, kind: 'thing', epoch: 0, version: 0, state } }))
    await Promise.all([1, 2, 3, 4, 5, 6].map(create))
    expect(batches).toEqual([3, 3])
  })
})

describe('when the store fails', () => {
  const spend = () => outcome({ transfers: [pay('world', 'user:a', 1n)] })

  for (const reason of ['lost', 'again', 'collided'] as const)
    for (const step of ['load', 'write'] as const)
      test(`a batch whose ${step} failed (${reason}) is tried again, and commits once`, async () => {
        const { ledger } = await open({ [step]: first(2, reason) })
        const receipts = await Promise.all([ledger.commit(spend()), ledger.commit(spend())])
        expect(receipts.map(({ first_seq }) => first_seq)).toEqual([1n, 2n])
      })

  test('an outcome whose answer was lost is settled by its id: its caller gets the receipt of what committed', async () => {
    const { ledger } = await open({ written: first(1, 'lost') })
    const receipt = await ledger.commit(spend())
    expect(receipt).toMatchObject({ first_seq: 1n, balances: [{ owner: 'user:a', balance: 1n }] })
    expect((await ledger.reader.head()).seq).toBe(1n)
  })

  test('an outcome that collides for good is refused alone', async () => {
    const { ledger } = await open({ write: first(5 + 5, 'collided') })
    const [one, two] = await Promise.allSettled([ledger.commit(spend()), ledger.commit(spend())])
    expect(one).toMatchObject({ reason: { code: 'ledger/poisoned' } })
    expect(two.status).toBe('fulfilled')
  })

  test('a store that stays away is told as unknown, in time', async () => {
    const { ledger } = await open({ open: first(Infinity, 'lost') }, { give_up_ms: 120 })
    expect(await refusal(ledger.commit(spend()))).toBe('ledger/unavailable')
  })

  test('a bug is told as such and does not stop the ledger', async () => {
    let broken = true
    const load = (): void => {
      if (broken) throw new TypeError('a bug')
    }
    const { ledger } = await open({ load })
    expect(await refusal(ledger.commit(spend()))).toBe('server/internal')
    broken = false
    expect((await ledger.commit(spend())).first_seq).toBe(1n)
  })

  test('a lane that is stuck does not hold up the other', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let loads = 0
    const { ledger } = await open({ load: () => ((loads += 1) === 1 ? promise : undefined) }, { lanes: 2 })
    const stuck = ledger.commit(outcome({ owner: 'user:stuck' }))
    await Promise.resolve()
    await ledger.commit(outcome({ owner: 'user:other' }))
    resolve()
    await stuck
  })
})
