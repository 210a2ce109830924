import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLedger } from '../../../ledger/open.ts'
import { createDatabase, type TestDatabase } from '../../../test/database.ts'
import { openTestRooms, type TestRooms } from '../../../test/rooms.ts'
import { everyDoor } from './every-door.ts'
import { committedAfter, LIMITS, publish, told, toldUpTo, welcomed } from './world.ts'

let original: TestDatabase
let backup: TestDatabase
/** Where a reader stood in the history that went on after the backup and is lost. */
let before: string
let restored: TestRooms & { close(): Promise<void> }
beforeAll(async () => {
  ;[original, backup] = [await createDatabase(), await createDatabase()]
  const ledger = await openLedger({ databaseUrl: original.url })
  const last = await publish(ledger, 30)
  before = `${ledger.tail.lineage}:${last}`
  await ledger.close()
  // What whoever restores a backup has to do.
  const client = new pg.Client({ connectionString: backup.url })
  await client.connect()
  await client.query(`update head set lineage = md5(lineage)`)
  await client.end()
  restored = await openTestRooms(LIMITS, undefined, 0, { ...backup, drop: async () => {} })
  // The same numbers mean other events now.
  while (restored.tail.seq <= last) await publish(restored, 5)
})
afterAll(async () => {
  await restored.close()
  await Promise.all([original.drop(), backup.drop()])
})

test.each(everyDoor)(
  '$name: who stood in another history is shown the new one, and nothing is taken for recovered',
  async (door) => {
    const reading = await door.read(restored, { since: before })
    await welcomed(reading)
    const { lineage, seq } = restored.tail
    expect(before).not.toContain(lineage)
    expect(reading.frames[0]).toMatchObject({ recovered: false, lineage, to: seq.toString() })
    await toldUpTo(reading, (await publish(restored, 3)) - 1n)
    expect(told(reading).slice(-3)).toEqual(await committedAfter(restored, seq))
    reading.cut()
  },
)
