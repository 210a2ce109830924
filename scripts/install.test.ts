import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Locked = Readonly<{ version?: string; resolved?: string; optionalDependencies?: Record<string, string> }>

const text = readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8')
const { packages } = JSON.parse(text) as { packages: Record<string, Locked> }
const entries = Object.entries(packages).filter(([path]) => path !== '')

// npm leaves out, without a word, what its registry did not have at that moment; `npm ci` then fails on every fresh clone.
test('package-lock.json holds the packages of every platform', () => {
  const missing = entries.flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {}).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
  expect(entries.filter(([, { version }]) => version === undefined)).toEqual([])
})

test('package-lock.json records no download addresses', () => {
  expect(entries.filter(([, { resolved }]) => resolved?.startsWith('http'))).toEqual([])
})
