import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, withPostgres } from './bench-database.ts'
import { enterOurs, enterPeer, playAll, record, sitDown, type Enter, type Told } from './rooms-clients.ts'
import { Subject, type Table } from './rooms-control.ts'
import type { Script } from './rooms-script.ts'

export type RoomsBench = Readonly<{ quick: boolean; log(line: string): void }>

type Size = Readonly<{ warm: number; played: number; open: number; atOnce: number }>
type Played = Readonly<{ cpu_s_per_1000: number; told: Told }>
/** A server under test, and how its players get in. */
type Side = Readonly<{ subject: Subject; enter: Enter }>

const QUICK: Size = { warm: 100, played: 400, open: 200, atOnce: 60 }
/** Battles that make a server load its code. */
const OPENING = 5
const RECORDED = 21
const FULL: Size = { warm: 600, played: 4_000, open: 1_000, atOnce: 100 }

/**
 * The same battles, two clients each and three rounds, in our room and in an empty room of Colyseus that shows the very same
 * to its clients, each in a server process of its own. Ours runs twice: on the ledger alone, and on one that takes
 * everything without work, side by side with Colyseus; what lies between the two is what its commits cost in the server process.
 */
export async function benchRooms({ quick, log }: RoomsBench): Promise<Record<string, number | string>> {
  const size = quick ? QUICK : FULL
  const dir = mkdtempSync(join(tmpdir(), 'rollingdrop-rooms-'))
  const file = join(dir, 'script.json')
  const note = (name: string, played: Played) => log(inWords(name, played))
  try {
    return await withPostgres(log, async (url) => {
      const keep = (script: Script) => writeFileSync(file, JSON.stringify(script))
      const { ours, ours_kb } = await onLedger(await createDatabase(url, 'ours'), size, keep)
      note('our room', ours)
      const { bare, peer, peer_kb } = await sideBySide(await createDatabase(url, 'bare'), file, size)
      note('our room, commits left out', bare)
      note('empty room of Colyseus', peer)
      log(`an open battle takes ${round(ours_kb)} KB in ours and ${round(peer_kb)} KB in Colyseus's`)
      return figures({ ours, bare, peer, ours_kb, peer_kb })
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function onLedger(databaseUrl: string, size: Size, keep: (script: Script) => void) {
  return withSubject('rooms-ours-worker.ts', [databaseUrl, 'postgres'], async (subject) => {
    const side = { subject, enter: enterOurs }
    const ours_kb = await memory(side, size)
    const ours = await play(side, await warm(side, size), size)
    keep(await record(subject, enterOurs, await subject.open(RECORDED)))
    return { ours, ours_kb }
  })
}

/** The two whose ratio counts play at the same time: whatever else the machine does then, it does to both. */
function sideBySide(databaseUrl: string, script: string, size: Size) {
  return withSubject('rooms-ours-worker.ts', [databaseUrl, 'accepting'], (bareSubject) =>
    withSubject('rooms-peer-worker.ts', [script], async (peerSubject) => {
      const [bareSide, peerSide] = [
        { subject: bareSubject, enter: enterOurs },
        { subject: peerSubject, enter: enterPeer },
      ]
      const peer_kb = await memory(peerSide, size)
      const [ours, theirs] = await Promise.all([warm(bareSide, size), warm(peerSide, size)])
      const [bare, peer] = await Promise.all([play(bareSide, ours, size), play(peerSide, theirs, size)])
      return { bare, peer, peer_kb }
    }),
  )
}

async function withSubject<T>(file: string, args: readonly string[], work: (subject: Subject) => Promise<T>) {
  const subject = await Subject.start(file, args)
  try {
    return await work(subject)
  } finally {
    await subject.stop()
  }
}

/** Lets the code get warm; returns the battles that are to be played then. */
async function warm({ subject, enter }: Side, { warm: count, played, atOnce }: Size): Promise<readonly Table[]> {
  await playAll(subject, enter, await subject.open(count), atOnce)
  return subject.open(played)
}

async function play({ subject, enter }: Side, tables: readonly Table[], { atOnce }: Size): Promise<Played> {
  const before_ms = await subject.cpu_ms()
  const told = await playAll(subject, enter, tables, atOnce)
  const after_ms = await subject.cpu_ms()
  return { cpu_s_per_1000: (after_ms - before_ms) / told.battles, told }
}

/** KB that an open battle takes that both players look at. Before anything else was played: what is over leaves memory by and by. */
async function memory({ subject, enter }: Side, { open }: Size): Promise<number> {
  await playAll(subject, enter, await subject.open(OPENING), OPENING)
  const empty = await subject.bytes()
  const getUp = await sitDown(subject, enter, await subject.open(open))
  const full = await subject.bytes()
  await getUp()
  return (full - empty) / open / 1024
}

function inWords(name: string, { cpu_s_per_1000, told }: Played): string {
  const { battles, seconds, patches, replies } = told
  const each = `${round(patches / battles)} patches and ${round(replies / battles)} replies a battle`
  return `${name.padEnd(27)} ${round(cpu_s_per_1000)} CPU-s per 1,000 battles, ${round(battles / seconds)} battles/s, ${each}`
}

type Compared = Readonly<Record<'ours' | 'bare' | 'peer', Played> & Record<'ours_kb' | 'peer_kb', number>>

function figures({ ours, bare, peer, ours_kb, peer_kb }: Compared): Record<string, number | string> {
  return {
    bench: 'rooms',
    ratio: round(bare.cpu_s_per_1000 / peer.cpu_s_per_1000),
    memory_ratio: round(ours_kb / peer_kb),
    battles_per_s: round(ours.told.battles / ours.told.seconds),
    kb_per_battle: round(ours_kb - peer_kb),
    cpu_s_per_1000: round(bare.cpu_s_per_1000),
    commits_cpu_s_per_1000: round(ours.cpu_s_per_1000 - bare.cpu_s_per_1000),
    peer_cpu_s_per_1000: round(peer.cpu_s_per_1000),
    peer_kb: round(peer_kb),
    patches: round(bare.told.patches / bare.told.battles),
    peer_patches: round(peer.told.patches / peer.told.battles),
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
