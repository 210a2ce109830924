import { hash } from 'node:crypto'

/** What of an outcome is hashed. Everything in it can be read back from the ledger's tables. */
export type LeafContent = Readonly<{
  id: string
  tenant: string
  kind: string
  owner: string | undefined
  request: string
  actor: Readonly<{ id: string; epoch: number; version: number }> | undefined
  transfers: readonly LeafTransfer[]
  steps: string | undefined
  events: readonly LeafEvent[]
}>
export type LeafTransfer = Readonly<{
  debit: string
  credit: string
  asset: string
  amount: bigint | string
  debit_after: bigint | string
  credit_after: bigint | string
  hold: string | undefined
}>
export type LeafEvent = Readonly<{ type: string; audience: string; user: string | undefined; payload: string }>

/**
 * An outcome as the text that is hashed: one line for itself, one a transfer, its hold and freeze steps, one an event; fields
 * parted by tabs, `-` for what is absent. No field can hold a tab or a line end.
 */
export function leafText(content: LeafContent): string {
  const { id, tenant, kind, owner, request, actor, transfers, steps, events } = content
  let text = `outcome\t${id}\t${tenant}\t${kind}\t${owner ?? '-'}\t${request}`
  text += actor === undefined ? '\t-' : `\t${actor.id}\t${actor.epoch}\t${actor.version}`
  for (const t of transfers)
    text += `\ntransfer\t${t.debit}\t${t.credit}\t${t.asset}\t${t.amount}\t${t.debit_after}\t${t.credit_after}\t${t.hold ?? '-'}`
  if (steps !== undefined) text += `\n${steps}`
  for (const e of events) text += `\nevent\t${e.type}\t${e.audience}\t${e.user ?? '-'}\t${e.payload}`
  return text
}

/** The outcome's own salt, so that showing one outcome's says nothing of its neighbours: sha256(batch salt ‖ id). */
export function leafSalt(batchSalt: Uint8Array, id: string): Buffer {
  return hash('sha256', Buffer.concat([batchSalt, Buffer.from(id, 'ascii')]), 'buffer')
}

/** sha256(0 ‖ salt ‖ text): the first byte keeps leaves and nodes apart (RFC 6962). */
export function leafHash(salt: Uint8Array, text: string): Buffer {
  return hash('sha256', Buffer.concat([LEAF, salt, Buffer.from(text, 'utf8')]), 'buffer')
}

const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer')
}

/** The Merkle root of one or more leaves; an odd one goes up as it is. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) throw new RangeError('a batch has at least one outcome')
  let level = leaves
  while (level.length > 1) {
    const next: Buffer[] = []
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1]
      next.push(right === undefined ? level[i]! : nodeHash(level[i]!, right))
    }
    level = next
  }
  return level[0]!
}

/** One step from a leaf to its root: the neighbour's hash and the side it stands on. */
export type PathStep = Readonly<{ side: 'left' | 'right'; hash: Buffer }>

/** The neighbours that lead from leaf `index` to the root. */
export function merklePath(leaves: readonly Buffer[], index: number): PathStep[] {
  const path: PathStep[] = []
  let level = leaves
  let at = index
  while (level.length > 1) {
    const neighbour = level[at ^ 1]
    if (neighbour !== undefined) path.push({ side: at % 2 === 0 ? 'right' : 'left', hash: neighbour })
    const next: Buffer[] = []
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1]
      next.push(right === undefined ? level[i]! : nodeHash(level[i]!, right))
    }
    level = next
    at >>= 1
  }
  return path
}

/** The chain: sha256(previous ‖ digest ‖ last seq ‖ time in ms), numbers as 8 bytes big-endian. */
export function chainHash(previous: Uint8Array, digest: Uint8Array, last_seq: bigint, at_ms: number): Buffer {
  const numbers = Buffer.alloc(16)
  numbers.writeBigInt64BE(last_seq, 0)
  numbers.writeBigInt64BE(BigInt(at_ms), 8)
  return hash('sha256', Buffer.concat([previous, digest, numbers]), 'buffer')
}
