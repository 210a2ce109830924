import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makePrivate, type Place } from './postgres-place.ts'

/**
 * Makes the data folder when there is none, with the superuser `postgres` and this password. It appears whole or not at all:
 * an interrupted first start leaves nothing that looks like a database.
 * @throws Error when the data is of another major version than the binaries, or initdb fails
 */
export function initialise(place: Place, password: string): void {
  if (existsSync(place.data)) return assertVersion(place)
  const draft = `${place.data}.${process.pid}`
  const passwordFile = `${draft}.password`
  makePrivate(draft, place.account)
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid)
  try {
    initdb(place, draft, passwordFile)
    renameSync(draft, place.data)
  } catch (error) {
    // Another process of ours may have come first; its data is then as good.
    if (!existsSync(place.data)) throw error
  } finally {
    rmSync(passwordFile, { force: true })
    rmSync(draft, { recursive: true, force: true })
  }
}

function initdb(place: Place, folder: string, passwordFile: string): void {
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  // The built-in locale sorts the same on every system, so that data can move between them without rebuilding indexes.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const args = [`--pgdata=${folder}`, ...access, ...locale]
  const made = spawnSync(join(place.bin, 'initdb'), args, { ...place.account, cwd: folder, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`)
}

function assertVersion(place: Place): void {
  const data = readFileSync(join(place.data, 'PG_VERSION'), 'utf8').trim()
  const printed = spawnSync(join(place.bin, 'postgres'), ['--version'], {
    ...place.account,
    cwd: '/',
    encoding: 'utf8',
  })
  const binaries = /(\d+)\./.exec(printed.stdout ?? '')?.[1]
  if (binaries === data) return
  throw new Error(
    `${place.data} was made by Postgres ${data}, and this one is ${binaries}: dump it there and restore it here`,
  )
}
