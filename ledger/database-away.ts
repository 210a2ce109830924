/** SQLSTATE classes and system errors that say the database cannot be reached just now: nothing is wrong with the request. */
const AWAY = /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/
/** What `pg` says, without a code, of a connection that went while it was used or could not be had in time. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** Whether an error means that Postgres is away, so that the same request may well succeed in a moment. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code: unknown = Reflect.get(error, 'code')
  return (typeof code === 'string' && AWAY.test(code)) || WORDS.test(error.message) || isDatabaseAway(error.cause)
}
