import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { isAtLeast } from './install.mjs'
import { listCommands, parseCommand } from './run.mjs'

const SCRIPTS = {
  help: 'node scripts/run.mjs help',
  audit: 'node scripts/run.mjs ledger/audit.ts --needs=run --about="proves a database"',
  load: 'node scripts/run.mjs loadtest/load.ts --needs=dev --about="drives load"',
}

describe('the launcher', () => {
  test('finds file, needs and help of a script by its name, and hands on the rest', () => {
    const command = parseCommand(['load', 'battle', '--clients', '20'], SCRIPTS)
    expect(command).toEqual({
      file: 'loadtest/load.ts',
      needs: 'dev',
      about: 'drives load',
      args: ['battle', '--clients', '20'],
    })
  })

  test('lists every script with its line of help', () => {
    expect(listCommands(SCRIPTS)).toMatch(/npm run audit +proves a database\n/)
    expect(parseCommand([], SCRIPTS)).toBeUndefined()
  })

  test('says so when there is no such script', () => {
    expect(() => parseCommand(['adit'], SCRIPTS)).toThrow('no script called "adit"')
  })

  test.each([
    ['24.7.0', true],
    ['24.21.0', true],
    ['26.0.0', true],
    ['24.6.9', false],
    ['20.20.2', false],
  ])('takes Node %s for new enough: %s', (version, enough) => {
    expect(isAtLeast(version, '24.7.0')).toBe(enough)
  })
})

describe('a script under the launcher', () => {
  const root = mkdtempSync(join(tmpdir(), 'rollingdrop-launcher-'))

  beforeAll(() => {
    mkdirSync(join(root, 'scripts'))
    for (const file of ['run.mjs', 'install.mjs', 'progress.mjs'])
      copyFileSync(join(import.meta.dirname, file), join(root, 'scripts', file))
    writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'probe', version: '1.0.0', scripts: SCRIPTS }))
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({ name: 'probe', version: '1.0.0', lockfileVersion: 3, packages: {} }),
    )
    writeFileSync(join(root, 'exits.ts'), 'process.exit(Number(process.argv[2]))\n')
    const stays =
      "process.on('SIGINT', () => console.log('interrupted'))\nprocess.on('SIGTERM', () => process.exit(7))\n"
    writeFileSync(join(root, 'stays.ts'), `${stays}setInterval(() => {}, 1000)\nconsole.log('ready')\n`)
  })

  afterAll(() => rmSync(root, { recursive: true, force: true }))

  test('installs once, and hands its exit code on', () => {
    expect(launch(['exits.ts', '3', '--needs=run']).status).toBe(3)
    expect(existsSync(join(root, 'node_modules', '.installed.json'))).toBe(true)
    expect(existsSync(join(root, '.tools', 'install.lock'))).toBe(false)
    expect(launch(['exits.ts', '0', '--needs=run']).status).toBe(0)
  })

  test('gets a Ctrl-C of the whole terminal exactly once, and the launcher waits for it', async () => {
    const launcher = spawn(process.execPath, ['scripts/run.mjs', 'stays.ts', '--needs=run'], {
      cwd: root,
      detached: true,
    })
    const lines: string[] = []
    const said = (line: string) => vi.waitFor(() => expect(lines).toContain(line), { timeout: 10_000 })
    createInterface(launcher.stdout).on('line', (line) => lines.push(line))
    await said('ready')
    process.kill(-pidOf(launcher), 'SIGINT') // What a terminal does: to the whole foreground group.
    launcher.kill('SIGINT') // And npm repeats it.
    await said('interrupted')
    const closed = new Promise((resolve) => launcher.once('close', resolve))
    launcher.kill('SIGTERM')
    expect(await closed).toBe(7)
    expect(lines).toEqual(['ready', 'interrupted'])
  })

  const launch = (args: string[]) =>
    spawnSync(process.execPath, ['scripts/run.mjs', ...args], { cwd: root, encoding: 'utf8' })
})

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the launcher did not start')
  return child.pid
}
