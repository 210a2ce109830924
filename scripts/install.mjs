// Plain JavaScript: runs on Node 20 with nothing installed. It brings the Node and the packages every script needs.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { step } from './progress.mjs'

/** argon2 in `node:crypto` and TypeScript without a build step: both are there from this version on. */
export const NODE_MIN = '24.7.0'
const NODE_INSTALLED = '24.21.0'

/** @typedef {'run' | 'dev'} Needs what a script needs: packages of run time, or the development ones too */

/**
 * @param {string} version as in `process.versions.node`
 * @param {string} least
 * @returns {boolean} whether `version` is `least` or newer
 */
export function isAtLeast(version, least) {
  const [have, want] = [version, least].map((v) => v.split('.').map(Number))
  for (let i = 0; i < 3; i++) {
    const difference = (have?.[i] ?? 0) - (want?.[i] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

/**
 * The Node that scripts run on: this one when it is new enough, otherwise one installed once under `.tools`.
 * @param {string} root the checkout
 * @returns {Promise<string>} path of the executable
 */
export async function findNode(root) {
  if (isAtLeast(process.versions.node, NODE_MIN)) return process.execPath
  const home = join(root, '.tools', `node-${NODE_INSTALLED}`)
  const executable = join(home, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(executable)) return executable
  await underLock(root, async () => {
    if (existsSync(executable)) return
    // Renamed only when whole, so that an interrupted download is never taken for a Node.
    const partial = `${home}.partial`
    rmSync(partial, { recursive: true, force: true })
    mkdirSync(partial, { recursive: true })
    writeFileSync(join(partial, 'package.json'), '{}\n')
    const what = `installing Node ${NODE_INSTALLED} (this one is ${process.versions.node})`
    // The package's own install script is what fetches the executable of this platform.
    const args = ['install', '--no-save', '--ignore-scripts=false', '--prefix', partial, `node@${NODE_INSTALLED}`]
    await step(what, () => npm(process.execPath, args, partial))
    renameSync(partial, home)
  })
  if (!existsSync(executable))
    throw new Error(`Node ${NODE_INSTALLED} has no build for this platform: install Node ≥ ${NODE_MIN}`)
  return executable
}

/**
 * Installs the packages when they are missing or package-lock.json has changed. A full install serves every script and
 * is never thinned out, so that starting the server does not take the tests' packages away.
 * @param {string} root the checkout
 * @param {string} node the Node to run npm with
 * @param {Needs} needs
 * @returns {Promise<void>}
 */
export async function installPackages(root, node, needs) {
  if (isInstalled(root, needs)) return
  await underLock(root, async () => {
    if (isInstalled(root, needs)) return
    const modules = join(root, 'node_modules')
    const present = existsSync(modules)
    const level =
      needs === 'dev' || stampOf(root)?.level === 'dev' || existsSync(join(modules, 'vitest')) ? 'dev' : 'run'
    const omit = level === 'dev' ? ['--include=dev'] : ['--omit=dev']
    // `ci` empties node_modules first, which would pull the ground from under a server running from it: only the first
    // install uses it, later ones add and replace what differs.
    const verb = present ? ['install', '--no-save'] : ['ci']
    const what = level === 'dev' ? 'installing packages, with those for tests' : 'installing packages'
    await step(what, () => npm(node, [...verb, ...omit], root))
    mkdirSync(modules, { recursive: true }) // npm makes none for an empty list.
    writeFileSync(stampPath(root), JSON.stringify({ level, lock: lockDigest(root) }) + '\n')
  })
}

/** @param {string} root @param {Needs} needs */
function isInstalled(root, needs) {
  const stamp = stampOf(root)
  return stamp?.lock === lockDigest(root) && (stamp?.level === 'dev' || needs === 'run')
}

/** @param {string} root */
const stampPath = (root) => join(root, 'node_modules', '.installed.json')

/** @param {string} root */
const lockDigest = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')

/** @param {string} root @returns {{ level: Needs, lock: string } | undefined} */
function stampOf(root) {
  if (!existsSync(stampPath(root))) return undefined
  return JSON.parse(readFileSync(stampPath(root), 'utf8'))
}

/**
 * Two scripts started at once in a fresh clone must not install over each other: the second waits for the first.
 * @param {string} root @param {() => Promise<void>} work
 */
async function underLock(root, work) {
  const lock = join(root, '.tools', 'install.lock')
  mkdirSync(join(root, '.tools'), { recursive: true })
  await step('waiting for another script that is installing', () => takeLock(lock))
  try {
    await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** @param {string} lock */
async function takeLock(lock) {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    if (!isAlive(readHolder(lock))) rmSync(lock, { force: true })
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** @param {string} lock */
function readHolder(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return 0 // The holder has just let go.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

/**
 * Runs npm quietly; what it said is shown only when it failed.
 * @param {string} node @param {string[]} args @param {string} cwd
 * @returns {Promise<void>}
 */
function npm(node, args, cwd) {
  const cli = process.env['npm_execpath']
  const [command, first] = cli?.endsWith('.js') ? [node, [cli]] : ['npm', []]
  const quiet = ['--loglevel=error', '--no-audit', '--no-fund', '--no-progress', '--no-update-notifier']
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args, ...quiet], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk) => (said += chunk))
    child.stderr.on('data', (chunk) => (said += chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`npm ${args.join(' ')} failed (${code}):\n${said.trim()}`))
    })
  })
}
