const HERE = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * The http address of a server on this very machine, without a slash at the end. Throws an Error for any other: a load test
 * pointed at somebody else's machine by a slip is an attack.
 */
export function localEndpoint(text: string): string {
  const url = URL.parse(text.replace(/^ws/, 'http'))
  if (!url || url.protocol !== 'http:') throw new Error(`${text} is not an address such as http://127.0.0.1:3000`)
  if (!HERE.has(url.hostname)) throw new Error(`load tests run against 127.0.0.1 only, not against ${url.hostname}`)
  return `http://127.0.0.1:${url.port || '80'}`
}

/** Whether a server of ours answers there. */
export async function answers(base: string): Promise<boolean> {
  try {
    return (await fetch(`${base}/health`, { signal: AbortSignal.timeout(2000) })).ok
  } catch {
    return false // nobody listens, or nobody who knows the path
  }
}
