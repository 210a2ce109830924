import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { battleSeedContext } from '../../access/seal.ts'
import { toAmount } from '../../schema/amount.ts'
import type { Box } from '../../schema/box.ts'
import { formatPosition } from '../../schema/position.ts'
import { BOX, clientSeed, openTestRooms, type TestClient, type TestRooms } from '../../test/rooms.ts'

let node: TestRooms & { close(): Promise<void> }
beforeAll(async () => void (node = await openTestRooms()))
afterAll(() => node.close())

const ROUNDS = 5
const until = <T>(check: () => T | Promise<T>) => vi.waitFor(check, { timeout: 10_000, interval: 2 })

/** Boxes whose prizes have names that occur nowhere else and say which round they are of. */
const boxes = Array.from({ length: ROUNDS }, (_, round) =>
  Object.assign({}, BOX, { id: `box${round}`, prizes: prizesOf(round) }),
)

function prizesOf(round: number): Box['prizes'] {
  return ['first', 'second', 'third'].map((name, n) => ({
    sku: `r${round}${name}`,
    name: `n${round}${name}`,
    rarity: 'rare',
    weight: 1,
    value: toAmount(BigInt(1_000_003 + round * 10_007 + n)),
  }))
}

/** What has been received of `rounds` from this one on. */
function seenFrom(round: number, received: Buffer): string[] {
  const text = received.toString('latin1')
  return boxes
    .slice(round)
    .flatMap(({ prizes }) =>
      prizes.flatMap(({ sku, value }) => [sku, value.toString()].filter((each) => text.includes(each))),
    )
}

const received = (client: TestClient) => Buffer.concat(client.bytes)

test('nothing that anyone receives tells of a round before its time, nor of the server seed before the settlement', async () => {
  const [ann, bob] = [await node.guest(), await node.guest()]
  const id = await node.battle(ann, { boxes, reveal_ms: 150 })
  const stored = await node.stored(id)
  const seed = node.sealer.open(stored.sealedSeed, battleSeedContext(id))
  const clients = [
    await node.join('battle', id, ann.token),
    await node.join('battle', id, bob.token),
    await node.join('battle', id),
  ]
  clients.push(
    await node.join('feed', 'main', undefined, {
      since: formatPosition({ lineage: node.tail.lineage, seq: node.tail.seq }),
    }),
  )
  clients.push(await node.join('session', ann.user.id, ann.token))
  await clients[1]!.ask('join', { seat: 1, clientSeed: clientSeed() })
  for (let round = 0; round < ROUNDS; round++) {
    // Looked at again and again until the round is shown, and every time nothing of it or of later ones may be there.
    await until(() => {
      const revealed = clients[2]!.room.state.revealed as number
      for (const client of clients) {
        const ahead = Math.max(revealed, ...clients.slice(0, 3).map(({ room }) => room.state.revealed as number))
        expect(seenFrom(ahead, received(client))).toEqual([])
        expect(received(client).includes(seed)).toBe(false)
        expect(received(client).includes(Buffer.from(seed, 'hex'))).toBe(false)
        expect(received(client).includes(stored.sealedSeed)).toBe(false)
      }
      expect(revealed).toBeGreaterThan(round)
    })
    if (round === 2) clients.splice(2, 0, await node.join('battle', id))
  }
  await until(() => expect(clients[0]!.room.state.phase).toBe('settled'))
  expect(clients[0]!.room.state.serverSeed).toBe(seed)
  expect(node.logged.map((line) => JSON.stringify(line)).join()).not.toContain(seed)
})

test('the length of what is received says nothing of what comes later', async () => {
  const lengths = new Map<string, number[]>()
  while (lengths.size < 3) {
    const ann = await node.guest()
    const id = await node.battle(ann, { boxes, reveal_ms: 60 })
    const watcher = await node.join('battle', id)
    const creator = await node.join('battle', id, ann.token)
    await until(() => expect(watcher.room.state?.seats[0].connected).toBe(true))
    const before = watcher.bytes.length
    await creator.ask('callBot', { seat: 1 })
    const sent = () => watcher.bytes.slice(before)
    const firstRound = () => sent().findIndex((bytes) => seenFrom(0, bytes).length > 0)
    await until(() => expect(firstRound()).toBeGreaterThan(0))
    const drawing = sent()
      .slice(0, firstRound())
      .filter((bytes) => bytes.length > 1)
    // A last seat that was committed too late for its public value shows a later one: that is one message more.
    const refixed = { since: 0n, actor: `battle-${id}`, type: 'battle.refixed', limit: 1 }
    if ((await node.ledger.reader.events(refixed)).length > 0) continue
    lengths.set(
      id,
      drawing.map(({ length }) => length),
    )
    await until(() => expect(watcher.room.state.phase).toBe('settled'))
  }
  const counts = [...lengths.values()].map((each) => each.length)
  expect(new Set(counts).size).toBe(1)
})
