import { describe, expect, test } from 'vitest'
import { RollingDropError, type ErrorCode } from '../schema/errors.ts'
import { FakeClock, settled } from './fake-clock.ts'
import { FakeWire } from './fake-wire.ts'
import { Link, type LinkOptions } from './link.ts'

type Entrance = FakeWire | ErrorCode

/** A link whose tries meet `entrances` one after the other; the last one stands for all that follow. */
function linkTo(entrances: readonly Entrance[], options: Partial<LinkOptions> = {}) {
  const clock = new FakeClock()
  const hints: (string | null)[] = []
  const suspects: string[] = []
  let renewals = 0
  const link = new Link({
    clock,
    enter: async (hint) => {
      const entrance = entrances[Math.min(hints.push(hint), entrances.length) - 1]!
      if (typeof entrance === 'string') throw new RollingDropError(entrance)
      return entrance.wire
    },
    attach: () => {},
    token: async () => 'token',
    renew: async () => void renewals++,
    suspect: (address) => void suspects.push(address),
    quiet_ms: 500,
    answer_ms: 1000,
    ...options,
  })
  const statuses: string[] = []
  link.onStatus((status) => statuses.push(status))
  return { link, clock, hints, suspects, statuses, renewals: () => renewals }
}

test('a link is live once it has joined', async () => {
  const { link, statuses } = linkTo([new FakeWire()])
  expect(link.status).toBe('connecting')
  await settled()
  expect(statuses).toEqual(['live'])
})

test.each([1001, 1005, 1006, 1011, 4000, 4001, 4010, 4101, 4500, 4503])(
  'it joins again after close %i',
  async (code) => {
    const first = new FakeWire()
    const { clock, statuses } = linkTo([first, new FakeWire()])
    await settled()
    first.cut(code)
    await clock.pass(100)
    expect(statuses).toEqual(['live', 'reconnecting', 'live'])
  },
)

test.each([
  [4403, 'auth/forbidden'],
  [4404, 'request/not-found'],
  [4400, 'request/invalid'],
])('close %i, which no retry can help, ends it with %s', async (code, error) => {
  const first = new FakeWire()
  const { link, clock, hints } = linkTo([first, new FakeWire()])
  await settled()
  first.cut(code)
  await clock.pass(10_000)
  expect(link.status).toBe('closed')
  expect(link.error?.code).toBe(error)
  expect(hints).toHaveLength(1)
})

test('after 4101 it goes at once where the old node pointed', async () => {
  const first = new FakeWire()
  const { hints, statuses } = linkTo([first, new FakeWire('node-2:3000')])
  await settled()
  first.cut(4101, 'node-2:3000')
  await settled()
  expect(hints).toEqual([null, 'node-2:3000'])
  expect(statuses.at(-1)).toBe('live')
})

test('an error code in the place of an address is not gone to', async () => {
  const first = new FakeWire()
  const { clock, hints } = linkTo([first, new FakeWire()])
  await settled()
  first.cut(4101, 'server/draining')
  await clock.pass(100)
  expect(hints).toEqual([null, null])
})

test('after 4401 it takes another token before it joins again', async () => {
  const first = new FakeWire()
  const { clock, renewals, statuses } = linkTo([first, new FakeWire()])
  await settled()
  first.cut(4401)
  await clock.pass(100)
  expect(renewals()).toBe(1)
  expect(statuses.at(-1)).toBe('live')
})

test('when there is no other token to be had it ends with the reason', async () => {
  const first = new FakeWire()
  const renew = () => Promise.reject(new RollingDropError('auth/revoked'))
  const { link, clock } = linkTo([first, new FakeWire()], { renew })
  await settled()
  first.cut(4401)
  await clock.pass(100)
  expect(link.status).toBe('closed')
  expect(link.error?.code).toBe('auth/revoked')
})

test('it keeps trying, more and more slowly, while nobody can take it', async () => {
  const { link, clock, hints } = linkTo(['matchmaking/unavailable'])
  await clock.pass(1000)
  const early = hints.length
  await clock.pass(60_000)
  expect(early).toBeGreaterThanOrEqual(4)
  expect(hints.length - early).toBeGreaterThan(15)
  expect(hints.length - early).toBeLessThan(30)
  expect(link.status).toBe('connecting')
})

test('a refusal that no retry can help ends it', async () => {
  const { link, clock } = linkTo(['battle/unknown'])
  await clock.pass(1000)
  expect(link.status).toBe('closed')
  expect(link.error?.code).toBe('battle/unknown')
})

test('a node that stops answering is left and suspected within quiet + answer + two ticks', async () => {
  const frozen = new FakeWire('node-1:3000')
  const { clock, suspects, statuses } = linkTo([frozen, new FakeWire('node-2:3000')])
  await clock.pass(5000)
  expect(statuses).toEqual(['live'])
  frozen.answersPings = false
  await clock.pass(1700)
  expect(frozen.fate).toBe('dropped')
  expect(suspects).toEqual(['node-1:3000'])
  await clock.pass(100)
  expect(statuses).toEqual(['live', 'reconnecting', 'live'])
})

test('our own sleep is not held against the node', async () => {
  const wire = new FakeWire()
  const { clock, suspects } = linkTo([wire])
  await settled()
  wire.answersPings = false
  await clock.pass(600)
  clock.sleep(60_000)
  wire.answersPings = true
  await clock.pass(500)
  wire.say('anything', {})
  expect(suspects).toEqual([])
  expect(wire.fate).toBe('open')
})

test('a busy moment of ours delays the verdict on a frozen node by no more than that moment, and by one look', async () => {
  const frozen = new FakeWire()
  const { clock, suspects } = linkTo([frozen])
  await settled()
  frozen.answersPings = false
  await clock.pass(1450)
  clock.sleep(300)
  await clock.pass(0)
  expect(suspects).toEqual([])
  await clock.pass(200)
  expect(suspects).toHaveLength(1)
})

test('when all is over an end is the end', async () => {
  const first = new FakeWire()
  const { link, clock, hints } = linkTo([first], { isOver: () => true })
  await settled()
  first.cut(1006)
  await clock.pass(5000)
  expect(link.status).toBe('closed')
  expect(link.error).toBeNull()
  expect(hints).toHaveLength(1)
})

test('a fresh token is told in place', async () => {
  let token = 'one'
  const wire = new FakeWire()
  const { clock } = linkTo([wire], { token: async () => token })
  await clock.pass(3000)
  expect(wire.sent).toEqual([])
  token = 'two'
  await clock.pass(1000)
  expect(wire.sent).toEqual([{ type: 'token', message: { token: 'two' } }])
})

describe('close', () => {
  test('leaves the wire and stays closed', async () => {
    const wire = new FakeWire()
    const { link, clock, statuses } = linkTo([wire])
    await settled()
    await link.close()
    await clock.pass(5000)
    expect(wire.fate).toBe('left')
    expect(statuses).toEqual(['live', 'closed'])
  })

  test('leaves a join that comes after it', async () => {
    const wire = new FakeWire()
    const { promise, resolve: open } = Promise.withResolvers<FakeWire['wire']>()
    const enter = () => promise
    const { link } = linkTo([wire], { enter })
    await link.close()
    open(wire.wire)
    await settled()
    expect(wire.fate).toBe('left')
    expect(link.status).toBe('closed')
  })

  test('does not wait for a node that never lets go', async () => {
    const wire = new FakeWire()
    const stubborn = { ...wire.wire, leave: () => {} }
    const { link, clock } = linkTo([], { enter: async () => stubborn })
    await settled()
    const closing = link.close()
    await clock.pass(1000)
    await closing
    expect(wire.fate).toBe('dropped')
  })

  test('ends a wait between two tries', async () => {
    const { link, clock, hints } = linkTo(['matchmaking/unavailable'])
    await settled()
    await link.close()
    await clock.pass(60_000)
    expect(hints).toHaveLength(1)
  })
})

test('what comes over a wire that was left is not heard', async () => {
  const old = new FakeWire()
  const heard: unknown[] = []
  const attach: LinkOptions['attach'] = (wire) => wire.onMessage('frame', (message) => heard.push(message))
  const { link, clock } = linkTo([old, new FakeWire()], { attach })
  await settled()
  old.say('frame', 1)
  link.again()
  old.say('frame', 2)
  await clock.pass(100)
  expect(heard).toEqual([1])
})
