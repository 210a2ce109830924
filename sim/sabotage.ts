import type { Mutation, Sabotage } from './world.ts'

/** Takes the fence away: whoever commits is taken for the one who saw the actor last. */
const noFence: Mutation = (outcome, submit, { actors }) => {
  const row = outcome.actor && actors.get(outcome.actor.id)
  if (!outcome.actor || !row) return submit(outcome)
  const { epoch, version } = row
  return submit({ ...outcome, actor: { ...outcome.actor, epoch, version } })
}

/** Tells first and commits afterwards: the activation hears of a commit that is only on its way. */
const tellFirst: Mutation = (outcome, submit) => {
  submit(outcome).catch(() => {}) // Whoever tells first does not ask what became of it.
  const { id } = outcome
  return Promise.resolve({ id, first_seq: 0n, last_seq: 0n, at_ms: 0, balances: [], replayed: false })
}

export const withoutFence: Sabotage = { mutation: noFence }
export const tellBeforeCommit: Sabotage = { mutation: tellFirst }

/** Nodes that go by clocks which nobody keeps together. */
export const wildClocks: Sabotage = { skew_ms: 5_000, goesByWall: true }
