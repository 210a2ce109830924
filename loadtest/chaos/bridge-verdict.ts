/** Where each event has to stand: the key by seq, by topic. */
export type Expected = ReadonlyMap<string, ReadonlyMap<bigint, string>>

/** A message as a stranger reads it; `previous` is the seq that it says came before it in its topic. */
export type Message = Readonly<{ partition: number; key: string; seq: bigint; previous: bigint }>

/**
 * `lost`: not in a topic it belongs to. `double`: there once more. `disordered`: behind a later one of its key, or in another
 * partition than that. `foreign`: in a topic, or under a key, where it does not belong. `gaps`: says that another one came
 * before it than did.
 */
export type BridgeVerdict = Readonly<Record<'lost' | 'double' | 'disordered' | 'foreign' | 'gaps', number>>

/** Holds what a stranger read, each topic partition by partition in the order of offsets, against what should be there. */
export function bridgeVerdict(
  expected: Expected,
  topics: ReadonlyMap<string, readonly Message[]>,
  say: (line: string) => void = () => {},
): BridgeVerdict {
  const total = { lost: 0, double: 0, disordered: 0, foreign: 0, gaps: 0 }
  for (const topic of new Set([...expected.keys(), ...topics.keys()])) {
    const found = verdictOnTopic(expected.get(topic) ?? new Map(), topics.get(topic) ?? [])
    if (Object.values(found).some((n) => n > 0)) say(`${topic} ${JSON.stringify(found)}`)
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += found[name]
  }
  return total
}

function verdictOnTopic(expected: ReadonlyMap<bigint, string>, messages: readonly Message[]): BridgeVerdict {
  const seen = new Set(messages.map(({ seq }) => seq))
  return {
    lost: [...expected.keys()].filter((seq) => !seen.has(seq)).length,
    double: messages.length - seen.size,
    disordered: countDisordered(messages),
    foreign: messages.filter(({ seq, key }) => expected.get(seq) !== key).length,
    gaps: countGaps(messages),
  }
}

function countDisordered(messages: readonly Message[]): number {
  const last = new Map<string, Message>()
  let disordered = 0
  for (const message of messages) {
    const before = last.get(message.key)
    if (before && (before.seq > message.seq || before.partition !== message.partition)) disordered++
    else last.set(message.key, message)
  }
  return disordered
}

function countGaps(messages: readonly Message[]): number {
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const sorted = [...bySeq.values()].toSorted((a, b) => (a.seq < b.seq ? -1 : 1))
  return sorted.filter(({ previous }, i) => previous !== (sorted[i - 1]?.seq ?? 0n)).length
}
