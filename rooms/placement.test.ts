import { describe, expect, test } from 'vitest'
import { Placement, type Peer } from './placement.ts'

const peer = (id: string, load: number, address = `${id}:1`): Peer => ({ id, address, load })

async function nodeAmong(own: number, peers: readonly Peer[], { rooms_max = 1_000, gone = [] as string[] } = {}) {
  const load = { own }
  const wayIn = async (id: string) => (gone.includes(id) ? undefined : peers.find((each) => each.id === id)?.address)
  const node = { id: 'm', peers: async () => peers, wayIn }
  const placement = new Placement({ node, load: () => load.own, held: () => load.own, rooms_max })
  await placement.refresh()
  return placement
}

describe('a battle that nobody acts for', () => {
  test('stays where it is asked for when no other node has clearly less', async () => {
    expect(await (await nodeAmong(0, [])).elsewhere()).toBeUndefined()
    expect(await (await nodeAmong(2, [peer('a', 0)])).elsewhere()).toBeUndefined()
    expect(await (await nodeAmong(100, [peer('a', 90), peer('b', 120)])).elsewhere()).toBeUndefined()
  })

  test('goes to the node that has least, and those sent there count at once', async () => {
    const placement = await nodeAmong(10, [peer('a', 5), peer('b', 4), peer('c', 30)])
    const sent = []
    for (let i = 0; i < 8; i++) sent.push(await placement.elsewhere())
    expect(sent).toEqual(['b:1', 'a:1', 'b:1', 'a:1', 'b:1', 'a:1', 'b:1', undefined])
  })

  test('never goes to a node that has gone or begun to drain, nor to one without an address', async () => {
    const placement = await nodeAmong(10, [peer('a', 0), peer('b', 1), peer('c', 0, '')], { gone: ['a'] })
    expect(await placement.elsewhere()).toBe('b:1')
    expect(await (await nodeAmong(10, [peer('a', 0)], { gone: ['a'] })).elsewhere()).toBeUndefined()
  })

  test('goes from a full node to any that is not', async () => {
    const full = await nodeAmong(10, [peer('a', 9), peer('b', 10)], { rooms_max: 10 })
    expect(full.isFull).toBe(true)
    expect(await full.elsewhere()).toBe('a:1')
    expect(await full.elsewhere()).toBeUndefined()
  })
})

describe('the battles of a node that died', () => {
  test('are shared so that all have as many afterwards', async () => {
    expect((await nodeAmong(0, [])).share(30)).toBe(30)
    expect((await nodeAmong(10, [peer('a', 10)])).share(30)).toBe(15)
    expect((await nodeAmong(0, [peer('a', 20)])).share(30)).toBe(25)
    expect((await nodeAmong(10, [peer('a', 10), peer('b', 10)])).share(1)).toBe(1)
  })

  test('are claimed in part also by a node that has more than its share, in case the others do not come', async () => {
    expect((await nodeAmong(50, [peer('a', 0)])).share(16)).toBe(2)
    expect((await nodeAmong(50, [peer('a', 0)])).share(0)).toBe(0)
  })

  test('are taken from different ends: every node has a slice of its own', async () => {
    const ids = ['a', 'm', 'z']
    const slices = []
    for (const id of ids) {
      const others = ids.filter((each) => each !== id).map((each) => peer(each, 0))
      const node = { id, peers: async () => others, wayIn: async () => undefined }
      const placement = new Placement({ node, load: () => 0, held: () => 0, rooms_max: 1 })
      await placement.refresh()
      slices.push(placement.slice)
    }
    expect(slices).toEqual([0, 1, 2].map((nth) => ({ nth, of: 3 })))
  })
})
