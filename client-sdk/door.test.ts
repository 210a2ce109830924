import { expect, test } from 'vitest'
import type { Caller } from './caller.ts'
import { Door } from './door.ts'
import { FakeClock } from './fake-clock.ts'
import type { Identity } from './identity.ts'

/** A door whose every way leads to `at`; `asked` notes where it asked. */
function doorTo(at: string) {
  const asked: string[] = []
  const clock = new FakeClock()
  const call = async (_request: unknown, { base }: { base: string }) => {
    asked.push(base)
    return { at }
  }
  const caller = { call } as unknown as Caller
  const door = new Door({ base: 'http://lb.example', caller, identity: {} as Identity, clock })
  const enter = () => door.enter({ kind: 'battle', id: 'b' }, null).catch(({ code }: { code: string }) => code)
  return { door, asked, clock, enter }
}

test.each([
  ['lb.example/p1', 'lb.example/p1'],
  ['node.example:9000', 'node.example:9000/p1'],
  ['node.example:9000/n1', 'node.example:9000/n1/p1'],
])('%s is not asked for a while after the socket to %s went silent', async (at, silent) => {
  const { door, asked, clock, enter } = doorTo(at)
  door.suspect(silent)
  expect(await enter()).toBe('matchmaking/unavailable')
  expect(asked).toEqual(['http://lb.example'])
  await clock.pass(1001)
  await enter()
  expect(asked).toContain(`http://${at}`)
})

test('another process behind the same address is asked all the same', async () => {
  const { door, asked, enter } = doorTo('lb.example/p2')
  door.suspect('lb.example/p1')
  await enter()
  expect(asked).toContain('http://lb.example/p2')
})
