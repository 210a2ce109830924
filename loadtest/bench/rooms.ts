import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, withPostgres } from './bench-database.ts'
import { enterOurs, enterPeer, playAll, record, sitDown, type Enter, type Told } from './rooms-clients.ts'
import { Subject } from './rooms-control.ts'
import type { Script } from './rooms-script.ts'

export type RoomsBench = Readonly<{ quick: boolean; log(line: string): void }>

type Size = Readonly<{ warm: number; played: number; open: number; atOnce: number }>
type Measured = Readonly<{ cpu_s_per_1000: number; told: Told; kb_per_open: number }>

const QUICK: Size = { warm: 100, played: 400, open: 200, atOnce: 60 }
/** Battles that make a server load its code. */
const OPENING = 5
const RECORDED = 21
const FULL: Size = { warm: 600, played: 4_000, open: 1_000, atOnce: 100 }

/**
 * The same battles, two clients each and three rounds, in our room and in an empty room of Colyseus that shows the very same
 * to its clients, each in a server process of its own. Ours runs twice: on the ledger, and on one that takes everything
 * without work; what lies between the two is what its commits cost in the server process.
 */
export async function benchRooms({ quick, log }: RoomsBench): Promise<Record<string, number | string>> {
  const size = quick ? QUICK : FULL
  const dir = mkdtempSync(join(tmpdir(), 'rollingdrop-rooms-'))
  const file = join(dir, 'script.json')
  const note = (name: string, measured: Measured) => log(inWords(name, measured))
  try {
    return await withPostgres(log, async (url) => {
      const keep = (script: Script) => writeFileSync(file, JSON.stringify(script))
      const ours = await ofOurs(await createDatabase(url, 'ours'), 'postgres', size, keep)
      note('our room', ours)
      const bare = await ofOurs(await createDatabase(url, 'bare'), 'accepting', size, () => {})
      note('our room, commits left out', bare)
      const peer = await withSubject('rooms-peer-worker.ts', [file], (subject) => measure(subject, enterPeer, size))
      note('empty room of Colyseus', peer)
      return figures({ ours, bare, peer })
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function ofOurs(databaseUrl: string, which: 'postgres' | 'accepting', size: Size, keep: (script: Script) => void) {
  return withSubject('rooms-ours-worker.ts', [databaseUrl, which], async (subject) => {
    const measured = await measure(subject, enterOurs, size)
    keep(await record(subject, enterOurs, await subject.open(RECORDED)))
    return measured
  })
}

async function withSubject<T>(file: string, args: readonly string[], work: (subject: Subject) => Promise<T>) {
  const subject = await Subject.start(file, args)
  try {
    return await work(subject)
  } finally {
    await subject.stop()
  }
}

async function measure(subject: Subject, enter: Enter, size: Size): Promise<Measured> {
  const { warm, played, atOnce } = size
  const kb_per_open = await memory(subject, enter, size)
  await playAll(subject, enter, await subject.open(warm), atOnce)
  const tables = await subject.open(played)
  const before_ms = await subject.cpu_ms()
  const told = await playAll(subject, enter, tables, atOnce)
  const after_ms = await subject.cpu_ms()
  return { cpu_s_per_1000: (after_ms - before_ms) / told.battles, told, kb_per_open }
}

/** What an open battle takes that both players look at. Before anything else was played: what is over leaves memory by and by. */
async function memory(subject: Subject, enter: Enter, { open }: Size): Promise<number> {
  await playAll(subject, enter, await subject.open(OPENING), OPENING)
  const empty = await subject.bytes()
  const getUp = await sitDown(subject, enter, await subject.open(open))
  const full = await subject.bytes()
  await getUp()
  return (full - empty) / open / 1024
}

function inWords(name: string, { cpu_s_per_1000, told, kb_per_open }: Measured): string {
  const { battles, seconds, patches, replies } = told
  const each = `${round(patches / battles)} patches and ${round(replies / battles)} replies a battle`
  const rate = `${round(battles / seconds)} battles/s`
  return `${name.padEnd(27)} ${round(cpu_s_per_1000)} CPU-s per 1,000 battles, ${rate}, ${round(kb_per_open)} KB an open one, ${each}`
}

function figures({ ours, bare, peer }: Record<'ours' | 'bare' | 'peer', Measured>): Record<string, number | string> {
  return {
    bench: 'rooms',
    ratio: round(bare.cpu_s_per_1000 / peer.cpu_s_per_1000),
    memory_ratio: round(ours.kb_per_open / peer.kb_per_open),
    battles_per_s: round(ours.told.battles / ours.told.seconds),
    kb_per_battle: round(ours.kb_per_open - peer.kb_per_open),
    cpu_s_per_1000: round(bare.cpu_s_per_1000),
    commits_cpu_s_per_1000: round(ours.cpu_s_per_1000 - bare.cpu_s_per_1000),
    peer_cpu_s_per_1000: round(peer.cpu_s_per_1000),
    peer_kb: round(peer.kb_per_open),
    patches: round(bare.told.patches / bare.told.battles),
    peer_patches: round(peer.told.patches / peer.told.battles),
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
