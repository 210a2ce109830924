/** A small source of randomness that the same text always starts the same way: art looks alike in every browser. */
export type Random = Readonly<{
  /** 0 … 1, 1 excluded. */
  next: () => number
  between: (from: number, to: number) => number
  pick: <T>(from: readonly T[]) => T
}>

export function randomFrom(text: string): Random {
  let state = hashText(text)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (from, to) => from + next() * (to - from),
    pick: (from) => from[Math.floor(next() * from.length)]!,
  }
}

/** FNV-1a, 32 bits. For looks only. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
