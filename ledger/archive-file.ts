import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { ChunkRows } from './audit/chunk.ts'
import type { Row } from './postgres/statement.ts'

export const ARCHIVE = 'rollingdrop/ledger-archive/1'

/** The first line of an archive file: which stretch of the chain it holds. Hashes in hex, times in unix ms. */
export type ArchiveHead = Readonly<{
  format: typeof ARCHIVE
  lineage: string
  after: Readonly<{ seq: number; hash: string; at_ms: number }>
  last: Readonly<{ seq: number; hash: string; at_ms: number }>
}>

/**
 * An archive file, part by part: its head; the balances that are not 0 before it; chunks of whole batches, each with the
 * accounts it touches (id, tenant, owner, asset, null, balance before the chunk); the balances that are not 0 after it.
 */
export type ArchivePart =
  | Readonly<{ type: 'head'; head: ArchiveHead }>
  | Readonly<{ type: 'before' | 'after'; balances: readonly Row[] }>
  | Readonly<{ type: 'chunk'; rows: ChunkRows; accounts: readonly Row[] }>

const tags = { batches: 'batch', outcomes: 'outcome', legs: 'transfer', events: 'event' } as const
const lists = Object.keys(tags) as (keyof typeof tags)[]

/**
 * Writes an archive file: one JSON array a line, its first field saying what it is, compressed by gzip. It appears under its
 * name whole and on disk, or not at all. Returns its SHA-256.
 */
export async function writeArchiveFile(file: string, parts: AsyncIterable<ArchivePart>): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true })
  const partial = `${file}.partial`
  const hash = createHash('sha256')
  await pipeline(
    Readable.from(linesOf(parts)),
    createGzip(),
    async function* (source: AsyncIterable<Buffer>) {
      for await (const bytes of source) {
        hash.update(bytes)
        yield bytes
      }
    },
    createWriteStream(partial, { flush: true }),
  )
  await rename(partial, file)
  const folder = await open(dirname(file))
  await folder.sync() // the name, too, must outlive a power cut
  await folder.close()
  return hash.digest()
}

async function* linesOf(parts: AsyncIterable<ArchivePart>): AsyncGenerator<string> {
  for await (const part of parts) yield textOf(part)
}

function textOf(part: ArchivePart): string {
  const line = (tag: string, row: Row): string => `${JSON.stringify([tag, ...row])}\n`
  switch (part.type) {
    case 'head':
      return `${JSON.stringify(['archive', part.head])}\n`
    case 'before':
    case 'after':
      return part.balances.map((row) => line(part.type, row)).join('')
    case 'chunk': {
      const accounts = part.accounts.map((row) => line('account', row)).join('')
      const rows = lists.map((list) => part.rows[list].map((row) => line(tags[list], row)).join('')).join('')
      return `${accounts}${rows}${line('chunk', [])}`
    }
    default:
      return part satisfies never
  }
}

/** Reads an archive file. Throws when it is no such file, is cut off, or its bytes are damaged. */
export async function* readArchiveFile(file: string): AsyncGenerator<ArchivePart> {
  const source = createReadStream(file)
  const unpacked = createGunzip()
  source.on('error', (error) => unpacked.destroy(error))
  const lines = createInterface({ input: source.pipe(unpacked), crlfDelay: Infinity })
  const failed = new Promise<never>((_, reject) => unpacked.on('error', reject))
  failed.catch(() => {}) // seen through the race below
  const next = lines[Symbol.asyncIterator]()
  let rows = emptyRows()
  let accounts: Row[] = []
  for (;;) {
    const { done, value } = await Promise.race([next.next(), failed])
    if (done === true) return
    const [tag, ...row] = JSON.parse(value) as [string, ...(string | null)[]]
    if (tag === 'archive') yield { type: 'head', head: row[0] as unknown as ArchiveHead }
    else if (tag === 'before' || tag === 'after') yield { type: tag, balances: [row] }
    else if (tag === 'account') accounts.push(row)
    else if (tag === 'chunk') {
      yield { type: 'chunk', rows, accounts }
      rows = emptyRows()
      accounts = []
    } else rows[listOf(tag)].push(row)
  }
}

function listOf(tag: string): keyof typeof tags {
  const list = lists.find((each) => tags[each] === tag)
  if (list === undefined)
    throw new Error(`a line of an archive begins with ${JSON.stringify(tag)}: this is no archive of a ledger`)
  return list
}

function emptyRows(): Record<keyof ChunkRows, Row[]> {
  return { batches: [], outcomes: [], legs: [], events: [] }
}
