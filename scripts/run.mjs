// The one door of every npm script. Plain JavaScript: it must start on Node 20 with nothing installed.
//
//   node scripts/run.mjs <file.ts> --needs=run|dev --about="one line of help" [arguments for the file …]
//   node scripts/run.mjs <name of an npm script> [arguments …]
//   node scripts/run.mjs                                            lists the scripts with their help
//
// A new script is one line in package.json: its help stands there, so that `npm run` shows it.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { findNode, installPackages } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** @typedef {{ file: string, needs: 'run' | 'dev', about: string, args: string[] }} Command */

/**
 * @param {string[]} argv what followed `run.mjs`
 * @param {Record<string, string>} scripts the scripts of package.json
 * @returns {Command | undefined} undefined when the list should be shown
 */
export function parseCommand(argv, scripts) {
  const [first, ...rest] = argv
  if (first === undefined || first === 'help' || first === '--help') return undefined
  if (!/\.(ts|mjs)$/.test(first)) {
    const line = scripts[first]
    if (line === undefined) throw new Error(`there is no script called "${first}"; npm run shows them all`)
    return parseCommand([...words(line).slice(2), ...rest], scripts)
  }
  const own = rest.filter((word) => /^--(needs|about)=/.test(word))
  const value = (/** @type {string} */ name) =>
    own.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3)
  const needs = value('needs') === 'run' ? 'run' : 'dev'
  return { file: first, needs, about: value('about') ?? '', args: rest.filter((word) => !own.includes(word)) }
}

/**
 * @param {Record<string, string>} scripts
 * @returns {string} the list of scripts, one line each
 */
export function listCommands(scripts) {
  const lines = Object.keys(scripts).map((name) => {
    const about = parseCommand([name], scripts)?.about ?? 'shows this list'
    return `  npm run ${name.padEnd(10)} ${about}`
  })
  return ['Scripts (arguments follow after --):', ...lines].join('\n')
}

/** Splits a script's line as a shell would, as far as our own lines go: words, some with a "quoted part". */
function words(/** @type {string} */ line) {
  return (line.match(/(?:[^\s"]|"[^"]*")+/g) ?? []).map((word) => word.replaceAll('"', ''))
}

/** @param {Command} command @returns {Promise<number>} the exit code */
async function run(command) {
  const node = await findNode(root)
  await installPackages(root, node, command.needs)
  // A process group of its own: a Ctrl-C at the terminal reaches the launcher only, which passes it on exactly once.
  const child = spawn(node, [join(root, command.file), ...command.args], {
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  })
  passSignals(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}

/** @param {import('node:child_process').ChildProcess} child */
function passSignals(child) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])) {
    let passed_ms = -Infinity
    process.on(signal, () => {
      // npm may repeat the signal that the terminal has already sent to all of us; a person's second Ctrl-C comes later.
      if (performance.now() - passed_ms < 500) return
      passed_ms = performance.now()
      child.kill(signal)
    })
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  try {
    const command = parseCommand(process.argv.slice(2), scripts)
    if (command) process.exitCode = await run(command)
    else process.stdout.write(listCommands(scripts) + '\n')
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
