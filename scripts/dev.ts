import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createServer } from 'vite'
import { loadConfigOrExit } from '../config.ts'

/** The server restarts on every change of what it imports; the pages come from Vite, which reloads them in the browser. */
const { port } = loadConfigOrExit()
const root = join(import.meta.dirname, '..')
const server = spawn(process.execPath, ['--watch', '--watch-preserve-output', join(root, 'main.ts')], {
  stdio: 'inherit',
  env: { ...process.env, DEV_PAGES: 'on' },
})
process.env['VITE_SERVER'] = `http://127.0.0.1:${port}`
const pages = await createServer({ configFile: join(root, 'web', 'vite.config.ts') })
await pages.listen()
process.stdout.write(`Pages that reload: ${pages.resolvedUrls?.local[0]}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    server.kill('SIGTERM')
    void Promise.all([once(server, 'exit'), pages.close()]).then(() => process.exit(0))
  })
}
