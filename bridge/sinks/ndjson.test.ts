import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventsOf, LINEAGE, sinkSpec } from '../sink-spec.ts'
import { createNdjsonSink } from './ndjson.ts'

const TURN = { sink: 'ndjson', epoch: 1, node: 'n' }
const newFolder = () => mkdtemp(join(tmpdir(), 'rollingdrop-ndjson-'))

async function linesOf(folder: string): Promise<readonly Record<string, unknown>[]> {
  const names = (await readdir(folder)).toSorted()
  // The file being written to comes last: it has the shortest name.
  const inOrder = [...names.slice(1), ...names.slice(0, 1)]
  const texts = await Promise.all(inOrder.map((name) => readFile(join(folder, name), 'utf8')))
  return texts
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const seqsOf = async (folder: string) =>
  (await linesOf(folder)).map(({ position }) => BigInt(String(position).split(':')[1]!))

for (const [name, bytes_max] of [
  ['ndjson', 1_000_000],
  ['ndjson, rotated at every batch', 1],
] as const) {
  sinkSpec(name, async () => {
    const folder = await newFolder()
    const file = join(folder, 'events.ndjson')
    return {
      sink: () => createNdjsonSink({ file, bytes_max }),
      seqs: () => seqsOf(folder),
      tear: async ([first, second]) => {
        // One whole line that no cursor knows of, and half of the next.
        const line = JSON.stringify({ position: `${LINEAGE}:${first!.seq}`, type: first!.type })
        await appendFile(file, `${line}\n${JSON.stringify({ position: `${LINEAGE}:${second!.seq}` }).slice(0, 20)}`)
      },
      remove: () => rm(folder, { recursive: true }),
    }
  })
}

describe('rotation', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await newFolder()
    file = join(folder, 'events.ndjson')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('a file past its size is put aside under the last seq in it', async () => {
    const sink = createNdjsonSink({ file, bytes_max: 1000 })
    await sink.open({ lineage: LINEAGE, seq: 0n }, TURN)
    for (let from = 1; from <= 91; from += 10) await sink.write(eventsOf(from, from + 9), BigInt(from + 9))
    await sink.close()
    const names = (await readdir(folder)).toSorted()
    expect(names).toHaveLength(10)
    expect(names[1]).toBe(`events.ndjson.${'10'.padStart(19, '0')}`)
    expect(await seqsOf(folder)).toEqual(Array.from({ length: 100 }, (_, i) => BigInt(i + 1)))
  })

  test('after a crash right behind a rotation it goes on from the file put aside', async () => {
    await writeFile(`${file}.${'7'.padStart(19, '0')}`, '')
    const sink = createNdjsonSink({ file, bytes_max: 1000 })
    expect(await sink.open({ lineage: LINEAGE, seq: 3n }, TURN)).toBe(7n)
    await sink.close()
  })

  test('files put aside may be moved away', async () => {
    const sink = createNdjsonSink({ file, bytes_max: 1000 })
    expect(await sink.open({ lineage: LINEAGE, seq: 42n }, TURN)).toBe(42n)
    await sink.close()
  })

  test('a line longer than a block is found from the end', async () => {
    const long = JSON.stringify({ position: `${LINEAGE}:2`, payload: 'x'.repeat(200_000) })
    await writeFile(file, `${JSON.stringify({ position: `${LINEAGE}:1` })}\n${long}\n${'y'.repeat(70_000)}`)
    const sink = createNdjsonSink({ file, bytes_max: 1_000_000 })
    expect(await sink.open({ lineage: LINEAGE, seq: 0n }, TURN)).toBe(2n)
    await sink.close()
    expect(await seqsOf(folder)).toEqual([1n, 2n])
  })

  test('a file that is not ours is left as it is', async () => {
    await writeFile(file, 'precious\n')
    const sink = createNdjsonSink({ file, bytes_max: 1000 })
    await expect(sink.open({ lineage: LINEAGE, seq: 0n }, TURN)).rejects.toThrow('does not end in an event of ours')
    await sink.close()
    expect(await readFile(file, 'utf8')).toBe('precious\n')
  })
})
