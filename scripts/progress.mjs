// Plain JavaScript: the launcher uses it before anything is installed and on a Node that cannot read TypeScript.

/**
 * Runs one step and, when it takes over a second, says so on stderr: a line after the first second, another at its end
 * with the seconds it took. Stdout stays free for what a script has to answer.
 * @template T
 * @param {string} label what is being done, as it should read in "label …"
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} what `work` returned; its error passes through
 */
export async function step(label, work) {
  const began_ms = performance.now()
  const slow = setTimeout(() => process.stderr.write(`${label} …\n`), 1000)
  try {
    const result = await work()
    const took_s = (performance.now() - began_ms) / 1000
    if (took_s >= 1) process.stderr.write(`${label}: ${took_s.toFixed(1)} s\n`)
    return result
  } finally {
    clearTimeout(slow)
  }
}
