/** The first thing that an audit found wrong: a stable word for the check, where, what should stand there and what does. */
export type Finding = Readonly<{
  what: `${Subject}/${string}`
  seq?: string
  outcome?: string
  account?: string
  actor?: string
  expected: string
  found: string
}>

type Subject =
  | 'head'
  | 'batch'
  | 'outcome'
  | 'event'
  | 'transfer'
  | 'account'
  | 'asset'
  | 'hold'
  | 'actor'
  | 'battle'
  | 'offer'
  | 'debt'
  | 'checkpoint'
  | 'archive'

/** A finding as one line for a person. */
export function describe({ what, seq, outcome, account, actor, expected, found }: Finding): string {
  const where = [
    seq === undefined ? '' : ` at seq ${seq}`,
    outcome === undefined ? '' : ` in outcome ${outcome}`,
    account === undefined ? '' : ` of account ${account}`,
    actor === undefined ? '' : ` of actor ${actor}`,
  ].join('')
  return `${what}${where}: expected ${expected}, found ${found}`
}
