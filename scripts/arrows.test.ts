import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

type Violation = Readonly<{ from: string; to: string; rule: Readonly<{ name: string }> }>

const ROOT = join(import.meta.dirname, '..')
const PLANTED = 'export const thing = 1\nexport type Thing = number\n'

/** A file, the import planted in it, and the rule that must bite; `undefined` where the import is allowed. */
const PLANTS: readonly (readonly [string, string, string | undefined])[] = [
  ['schema/a.ts', "import { thing } from '../game/planted.ts'", 'schema-imports-only-what-is-below'],
  ['schema/b.ts', "import type { Thing } from '../ledger/planted.ts'", 'schema-imports-only-what-is-below'],
  ['schema/c.ts', "import { join } from 'node:path'", 'pure-folders-know-no-node'],
  ['game/a.ts', "import type { Thing } from '../ledger/planted.ts'", 'game-imports-only-what-is-below'],
  ['game/b.ts', "import { randomBytes } from 'node:crypto'", 'pure-folders-know-no-node'],
  ['game/c.ts', "import pg from 'pg'", 'game-uses-only-pure-packages'],
  ['game/d.ts', "import { thing } from '../schema/planted.ts'", undefined],
  ['game/e.ts', "import { hmac } from '@noble/hashes/hmac.js'", undefined],
  ['ledger/a.ts', "import { thing } from '../game/planted.ts'", 'ledger-imports-only-what-is-below'],
  ['access/a.ts', "import { thing } from '../rooms/planted.ts'", 'access-imports-only-what-is-below'],
  ['catalog/a.ts', "import { thing } from '../services/planted.ts'", 'catalog-imports-only-what-is-below'],
  ['entropy/a.ts', "import { thing } from '../rooms/planted.ts'", 'entropy-imports-only-what-is-below'],
  ['openings/a.ts', "import type { Thing } from '../rooms/planted.ts'", 'openings-imports-only-what-is-below'],
  ['limits/a.ts', "import { thing } from '../catalog/planted.ts'", 'limits-imports-only-what-is-below'],
  ['wallet/a.ts', "import type { Thing } from '../market/planted.ts'", 'wallet-imports-only-what-is-below'],
  ['partners/a.ts', "import { thing } from '../wallet/planted.ts'", 'partners-imports-only-what-is-below'],
  ['limits/a.ts', "import type { Thing } from '../openings/planted.ts'", 'limits-imports-only-what-is-below'],
  ['openings/b.ts', "import { thing } from '../limits/planted.ts'", undefined],
  ['market/a.ts', "import type { Thing } from '../openings/planted.ts'", 'market-imports-only-what-is-below'],
  ['market/b.ts', "import { thing } from '../limits/planted.ts'", undefined],
  ['rooms/a.ts', "import { thing } from '../services/planted.ts'", 'rooms-imports-only-what-is-below'],
  ['rooms/b.ts', "import { thing } from '../catalog/planted.ts'", undefined],
  ['services/a.ts', "import type { Thing } from '../bridge/planted.ts'", 'services-imports-only-what-is-below'],
  ['bridge/a.ts', "import { thing } from '../rooms/planted.ts'", 'bridge-imports-only-what-is-below'],
  ['client-sdk/a.ts', "import type { Thing } from '../ledger/planted.ts'", 'client-sdk-imports-only-what-is-below'],
  ['web/a.tsx', "import type { Thing } from '../game/planted.ts'", 'web-imports-only-what-is-below'],
  ['web/b.tsx', "import { thing } from '../client-sdk/planted.ts'", undefined],
  ['loadtest/a.ts', "import { thing } from '../services/planted.ts'", 'loadtest-imports-only-what-is-below'],
  ['embedded/a.ts', "import type { Config } from '../config.ts'", 'embedded-imports-only-what-is-below'],
  ['pages/a.ts', "import { thing } from '../schema/planted.ts'", 'pages-imports-only-what-is-below'],
  ['demo/a.ts', "import { thing } from '../rooms/planted.ts'", 'demo-imports-only-what-is-below'],
  ['server/a.ts', "import type { Thing } from '../loadtest/planted.ts'", 'server-imports-only-what-is-below'],
  ['sim/a.ts', "import { thing } from '../services/planted.ts'", 'sim-imports-only-what-is-below'],
  ['e2e/a.ts', "import { thing } from '../rooms/planted.ts'", 'e2e-imports-only-what-is-below'],
  ['rooms/c.ts', "import { thing } from '../main.ts'", 'nothing-imports-main'],
  ['rooms/d.ts', "import { thing } from '../test/planted.ts'", 'tests-only-for-tests'],
  ['server/b.ts', "import { thing } from '../test/services/planted.ts'", 'server-imports-only-what-is-below'],
  ['loadtest/b.ts', "import { thing } from '../test/services/planted.ts'", undefined],
  ['rooms/d.test.ts', "import { thing } from '../test/planted.ts'", undefined],
  ['rooms/e.ts', "import { test } from 'vitest'", 'running-needs-no-development-package'],
  ['rooms/f.ts', "import { thing } from '../rooms/nowhere.ts'", 'everything-resolves'],
  ['rooms/g.ts', "import { thing } from './h.ts'", 'no-circles'],
  ['rooms/h.ts', "import { thing } from './g.ts'", undefined], // A circle is told once, at its first file.
  ['cupboard/a.ts', "import { thing } from '../schema/planted.ts'", 'every-folder-has-a-row'],
  ['main.ts', "import { thing } from './services/planted.ts'", undefined],
]

const copy = mkdtempSync(join(tmpdir(), 'rollingdrop-arrows-'))
let violations: readonly Violation[] = []

beforeAll(() => {
  for (const file of ['.dependency-cruiser.mjs', 'package.json', 'tsconfig.json', 'config.ts', 'config']) {
    cpSync(join(ROOT, file), join(copy, file), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const folders = new Set(PLANTS.map(([file]) => dirname(file)).concat('bridge', 'test', 'test/services'))
  for (const folder of folders) {
    mkdirSync(join(copy, folder), { recursive: true })
    if (folder !== '.') writeFileSync(join(copy, folder, 'planted.ts'), PLANTED)
  }
  for (const [file, line] of PLANTS) writeFileSync(join(copy, file), `${line}\n${PLANTED}`)
  const done = spawnSync(process.execPath, cruise('json'), { cwd: copy, encoding: 'utf8', maxBuffer: 64_000_000 })
  violations = (JSON.parse(done.stdout) as { summary: { violations: Violation[] } }).summary.violations
})

afterAll(() => rmSync(copy, { recursive: true, force: true }))

describe('the arrow checker', () => {
  test.each(PLANTS)('%s with %s: %s', (file, _line, rule) => {
    const bitten = violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)
    if (rule === undefined) expect(bitten).toEqual([])
    else expect(bitten).toContain(rule)
  })

  test('fails as a command, so that npm run check does', () => {
    const done = spawnSync(process.execPath, cruise('err'), { cwd: copy, encoding: 'utf8' })
    expect(done.status).not.toBe(0)
  })

  test('knows every folder of the checkout that holds code', () => {
    const listed = execFileSync('git', ['ls-files', '*.ts', '*.tsx'], { cwd: ROOT, encoding: 'utf8' })
      .trim()
      .split('\n')
    const folders = new Set(
      listed.filter((file) => file.includes('/') && existsSync(join(ROOT, file))).map((file) => file.split('/')[0]),
    )
    const known = new Set([...PLANTS.map(([file]) => dirname(file)), 'config', 'test', 'scripts'])
    expect([...folders].filter((folder) => !known.has(folder ?? ''))).toEqual([])
  })
})

function cruise(output: string): string[] {
  const program = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
  return [program, '--config', '.dependency-cruiser.mjs', '--output-type', output, '.']
}
