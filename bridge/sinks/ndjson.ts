import { open, readdir, rename, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { CommittedEvent } from '../../schema/event.ts'
import { toJson } from '../../schema/json.ts'
import { formatPosition, parsePosition, type Position } from '../../schema/position.ts'
import { SinkStopped, type Sink } from '../sink.ts'
import { lastLine } from './last-line.ts'

/** `file` is the one written to; at `bytes_max` it becomes `file.<last seq, 19 digits>` and a new one begins. */
type Options = Readonly<{ file: string; bytes_max: number }>

/**
 * Events as lines of JSON (NDJSON), each with its `position` first. The files themselves say how far they go: what a crash
 * left of a line is cut off, and what is there already is not written again. They may be moved away once rotated; a node
 * that takes over on another machine goes on from the recorded cursor in files of its own.
 */
export function createNdjsonSink({ file, bytes_max }: Options): Sink {
  const path = resolve(file)
  let handle: FileHandle | undefined
  let lineage = ''
  let seq = 0n
  let bytes = 0

  async function rotate(): Promise<void> {
    await handle?.close()
    handle = undefined
    await rename(path, `${path}.${String(seq).padStart(19, '0')}`)
    handle = await open(path, 'a')
    bytes = 0
    await syncFolder(path)
  }

  return {
    name: 'ndjson',
    async open(floor) {
      lineage = floor.lineage
      handle = await open(path, 'a+')
      await syncFolder(path)
      const last = await lastLine(handle)
      await handle.truncate(last.end)
      // Lines that a failed write left count from now on, so they have to be on disk.
      await handle.sync()
      bytes = last.end
      seq = last.text === '' ? await rotatedUpTo(path, floor.seq) : seqOf(last.text, lineage, path)
      return seq
    },
    async write(events, cursor) {
      if (!handle) throw new Error(`${path} is not open`)
      if (bytes >= bytes_max) await rotate()
      const text = Buffer.from(events.map((event) => lineOf(event, lineage)).join(''))
      await handle.appendFile(text)
      await handle.sync()
      bytes += text.length
      seq = cursor
    },
    async close() {
      await handle?.close()
      handle = undefined
    },
  }
}

function lineOf({ seq, ...event }: CommittedEvent, lineage: string): string {
  return `${toJson({ position: formatPosition({ lineage, seq }), ...event })}\n`
}

function seqOf(line: string, lineage: string, path: string): bigint {
  const position = positionOf(line)
  if (!position) throw new SinkStopped(`${path} does not end in an event of ours`)
  if (position.lineage === lineage) return position.seq
  throw new SinkStopped(`${path} holds events of lineage ${position.lineage}, the ledger is at ${lineage}`)
}

function positionOf(line: string): Position | undefined {
  try {
    const { position } = JSON.parse(line) as { position?: unknown }
    return typeof position === 'string' ? parsePosition(position) : undefined
  } catch {
    return undefined // Not JSON: the caller says so with the file's name.
  }
}

/** Where an empty file goes on: after the last rotated one, or at the recorded cursor when those have been moved away. */
async function rotatedUpTo(path: string, floor: bigint): Promise<bigint> {
  const prefix = `${basename(path)}.`
  const seqs = (await readdir(dirname(path)))
    .filter((name) => name.startsWith(prefix) && /^\d{19}$/.test(name.slice(prefix.length)))
    .map((name) => BigInt(name.slice(prefix.length)))
  return seqs.reduce((last, each) => (each > last ? each : last), floor)
}

/** A new or renamed file is only there after a crash once its folder is on disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(join(dirname(path), '.'), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
