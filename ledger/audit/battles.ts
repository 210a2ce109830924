import { texts } from '../postgres/statement.ts'
import { auditSql, type Chunk } from './chunk.ts'
import type { Finding } from './finding.ts'
import type { Snapshot } from './snapshot.ts'

/** The battles whose end the chunk holds. */
export function battlesEnded({ events }: Chunk): string[] {
  return events.flatMap(({ type, actor }) =>
    actor !== undefined && (type === 'battle.settled' || type === 'battle.cancelled') ? [actor] : [],
  )
}

/**
 * Every battle that ends in the chunk has finished, by that very outcome: its last version is the one of the end. With
 * versions that only rise, that leaves room for one end.
 */
export async function checkBattleEnds(chunk: Chunk, snapshot: Snapshot): Promise<Finding | undefined> {
  const ended = battlesEnded(chunk)
  if (ended.length === 0) return undefined
  const rows = await snapshot.query(auditSql('finished-versions'), [texts(ended)])
  const versions = new Map(rows.map(([id, version]) => [id!, Number(version)]))
  const outcomes = new Map(chunk.outcomes.map((outcome) => [outcome.id, outcome]))
  for (const { seq, type, actor, outcome } of chunk.events) {
    if (type !== 'battle.settled' && type !== 'battle.cancelled') continue
    const expected = `the last version of a finished battle: ${versions.get(actor ?? '') ?? 'none'}`
    const found = outcomes.get(outcome)?.actor?.version
    if (found === undefined || versions.get(actor!) !== found)
      return {
        what: 'battle/settled',
        actor: actor ?? 'none',
        seq: `${seq}`,
        outcome,
        expected,
        found: `${found ?? 'none'}`,
      }
  }
  return undefined
}
