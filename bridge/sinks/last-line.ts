import type { FileHandle } from 'node:fs/promises'

const BLOCK_BYTES = 65_536
const NEWLINE = 10

/** The last whole line of a file without its newline, and where it ends: what comes after is torn. Empty when there is none. */
export type LastLine = Readonly<{ text: string; end: number }>

/** Reads a file from its end, as far as its last whole line. */
export async function lastLine(handle: FileHandle): Promise<LastLine> {
  const { size } = await handle.stat()
  let from = size
  let read = Buffer.alloc(0)
  while (from > 0) {
    const length = Math.min(BLOCK_BYTES, from)
    from -= length
    const block = Buffer.alloc(length)
    await handle.read(block, 0, length, from)
    read = Buffer.concat([block, read])
    const end = read.lastIndexOf(NEWLINE)
    if (end < 0) continue
    const before = end === 0 ? -1 : read.lastIndexOf(NEWLINE, end - 1)
    if (before >= 0 || from === 0) return { text: read.toString('utf8', before + 1, end), end: from + end + 1 }
  }
  return { text: '', end: 0 }
}
