/** Where a reader stands: `lineage:seq`. A restored backup starts a new lineage, in which old numbers mean nothing. */
export type Position = Readonly<{ lineage: string; seq: bigint }>

const shape = /^([a-z0-9]{8,32}):(0|[1-9][0-9]{0,18})$/

export function formatPosition(position: Position): string {
  return `${position.lineage}:${position.seq}`
}

/** Reads `lineage:seq`. Undefined when the text is not a position. */
export function parsePosition(text: string): Position | undefined {
  const match = shape.exec(text)
  return match ? { lineage: match[1]!, seq: BigInt(match[2]!) } : undefined
}
