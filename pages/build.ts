import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'web', 'dist')
const stamp = join(dist, '.built-from')

/** What the pages are made of: a change in any of these means they are built anew. */
const sources = ['web', 'client-sdk', 'schema', 'game', 'package-lock.json']
const left_out = new Set(['dist', 'dev', 'node_modules'])

/** The folder of the built pages. */
export const pagesFolder = dist

/** Whether the pages have been built from just these sources. */
export function pagesAreFresh(): boolean {
  return existsSync(join(dist, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digestOfSources()
}

/** Builds the pages into `web/dist` unless they are fresh. */
export async function buildPages(): Promise<void> {
  if (pagesAreFresh()) return
  const { build } = await import('vite')
  await build({ configFile: join(root, 'web', 'vite.config.ts'), logLevel: 'warn' })
  writeFileSync(stamp, digestOfSources())
}

function digestOfSources(): string {
  const digest = createHash('sha256')
  for (const source of sources)
    for (const file of filesOf(join(root, source))) digest.update(file).update(readFileSync(file))
  return digest.digest('hex')
}

function filesOf(path: string): string[] {
  if (path.endsWith('.json')) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !left_out.has(name) && !name.startsWith('.') && !name.endsWith('.test.ts'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
}
