import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const oxfmt = join(import.meta.dirname, '..', 'node_modules', '.bin', 'oxfmt')
const files = process.argv.slice(2)
const done = spawnSync(process.execPath, [oxfmt, ...(files.length > 0 ? files : ['.'])], { stdio: 'inherit' })
process.exitCode = done.status ?? 1
