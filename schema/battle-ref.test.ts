import { expect, test } from 'vitest'
import { battleRefOf, pathWithoutKey, readBattleRef } from './battle-ref.ts'

const id = '01890a5d-ac96-774b-bcce-b302099a8057'
const key = 'AbcdEFGH_-0123456789xy'

test('a battle is asked for by its id, or by its id and key, and by nothing else', () => {
  for (const ref of [{ id }, { id, key }]) expect(readBattleRef(battleRefOf(ref))).toEqual(ref)
  for (const text of ['', key, `${id}~`, `${id}~${key}x`, `${id}~${key.slice(1)}`, `${id}${key}`, `~${key}`, `${id} `])
    expect(readBattleRef(text)).toBeUndefined()
})

test('no log is told the key', () => {
  for (const path of [`/battles/${id}~${key}/proof`, `/actors/battle/${id}%7E${key}/seat`]) {
    expect(pathWithoutKey(path)).not.toContain(key)
    expect(pathWithoutKey(path)).toContain(id)
  }
  expect(pathWithoutKey(`/battles/${id}`)).toBe(`/battles/${id}`)
})
