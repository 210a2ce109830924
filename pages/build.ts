import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'web', 'dist')

/** What the pages are made of: a change in any of these means they are built anew. */
const sources = ['web', 'client-sdk', 'schema', 'game', 'package-lock.json']
const leftOut = new Set(['dist', 'node_modules'])
const DIGEST_CHARS = 16

/**
 * The folder of the pages built from the sources as they are now, `web/dist/<digest of the sources>`; builds them when it is not
 * there. A folder appears whole or not at all, and never changes: servers that start at once, or run on, do not disturb
 * each other.
 */
export async function buildPages(): Promise<string> {
  const folder = join(dist, digestOfSources())
  if (existsSync(folder)) return folder
  const unfinished = join(dist, `.building-${process.pid}`)
  mkdirSync(dist, { recursive: true })
  const { build } = await import('vite')
  await build({
    configFile: join(root, 'web', 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: unfinished, emptyOutDir: true },
  })
  if (existsSync(folder)) rmSync(unfinished, { recursive: true })
  else {
    for (const old of readdirSync(dist)) if (!old.startsWith('.')) rmSync(join(dist, old), { recursive: true })
    renameSync(unfinished, folder)
  }
  return folder
}

function digestOfSources(): string {
  const digest = createHash('sha256')
  for (const source of sources)
    for (const file of filesOf(join(root, source))) digest.update(file.slice(root.length)).update(readFileSync(file))
  return digest.digest('hex').slice(0, DIGEST_CHARS)
}

function filesOf(path: string): string[] {
  if (path.endsWith('.json')) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !leftOut.has(name) && !name.startsWith('.') && !name.endsWith('.test.ts'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)]))
}
