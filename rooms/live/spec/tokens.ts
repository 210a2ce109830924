import { expect, test } from 'vitest'
import type { TestRooms } from '../../../test/rooms.ts'
import type { TestDoor } from './door.ts'
import { refuser } from './refusals.ts'
import { shortToken, welcomed } from './world.ts'

/** Who is known by a token, and for how long. */
export function tokensSpec(door: TestDoor, node: () => TestRooms): void {
  const refused = refuser(door, node)

  test('what is one’s own is told with a token only, and that must be good', async () => {
    expect(await refused({ filter: { mine: true } })).toBe('auth/token-missing')
    expect(await refused({ token: 'forged' })).toBe('auth/token-invalid')
    const mine = await door.read(node(), { filter: { mine: true }, token: (await node().guest()).token })
    await welcomed(mine)
  })

  test('a token that expires in mid-stream ends it within five seconds', async () => {
    const reading = await door.read(node(), { token: await shortToken(node(), 1_000) })
    await welcomed(reading)
    const began_ms = performance.now()
    await reading.ended
    expect(reading.codes).toEqual(['auth/token-expired'])
    expect(performance.now() - began_ms).toBeLessThan(5_000 + 2_000)
  })

  test('a token that is revoked in mid-stream ends it within five seconds, and is not let in again', async () => {
    const { token } = await node().guest()
    const reading = await door.read(node(), { token })
    await welcomed(reading)
    const began_ms = performance.now()
    await node().access.logout(await node().access.authenticate(token))
    await reading.ended
    expect(reading.codes).toEqual(['auth/revoked'])
    expect(performance.now() - began_ms).toBeLessThan(5_000)
    expect(await refused({ token })).toBe('auth/revoked')
  })
}
