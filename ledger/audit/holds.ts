import { list, type Row } from '../postgres/statement.ts'
import { auditSql, type AuditOutcome, type Chunk } from './chunk.ts'
import type { Finding } from './finding.ts'
import type { Snapshot } from './snapshot.ts'

const holdsOf = auditSql('holds-of')

/** Every hold step of the chunk against the row it left: what an outcome says it placed or closed is what stands there. */
export async function checkHolds({ outcomes }: Chunk, snapshot: Snapshot): Promise<Finding | undefined> {
  const steps = outcomes.flatMap((outcome) => stepsOf(outcome).map((fields) => ({ outcome, fields })))
  if (steps.length === 0) return undefined
  const ids = [...new Set(steps.map(({ fields }) => fields[1]!))]
  const rows = new Map<string, Row[]>()
  for (const row of await snapshot.query(holdsOf, [list(ids)])) rows.set(row[0]!, [...(rows.get(row[0]!) ?? []), row])
  for (const { outcome, fields } of steps) {
    const found = (rows.get(fields[1]!) ?? []).map((row) => asStep(row, fields)).join(' and ')
    const expected = [...fields, outcome.id, outcome.tenant].join(' ')
    if (found !== expected)
      return {
        what: 'hold/step',
        seq: `${outcome.first_seq}`,
        outcome: outcome.id,
        expected,
        found: found || 'no hold',
      }
  }
  return undefined
}

/** The hold steps of an outcome, each as its fields; the second one is the hold's id. */
function stepsOf({ steps }: AuditOutcome): string[][] {
  if (steps === undefined) return []
  return steps
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([word]) => word !== 'freeze' && word !== 'unfreeze')
}

/** The step that would have left this row. Closing a hold unseen, by its time alone, does not keep who would have got it. */
function asStep(row: Row, fields: readonly string[]): string {
  const [id, tenant, debit, credit, asset, amount, expires_at_ms, placedBy, closedBy, how, posted] = row
  return fields[0] === 'place'
    ? ['place', id, debit, credit ?? fields[3], asset, amount, expires_at_ms ?? '-', placedBy, tenant].join(' ')
    : [how, id, posted, closedBy, tenant].join(' ')
}
