import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { preact } from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vite'

const server = process.env['VITE_SERVER'] ?? 'http://127.0.0.1:3000'

/** Paths of the server's own. Whatever is not listed is a page, so the routes of the pages keep clear of these. */
const api = [
  '/auth',
  '/me',
  '/boxes',
  '/battles',
  '/transactions',
  '/inventory',
  '/actors',
  '/health',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/live-feed',
  '/ws/',
  '/fairness/',
  '/feed',
  '/matchmake',
  '/.well-known',
]

/** Colyseus puts a socket at `/<process id>/<room id>`; ids have nine characters and no page has two such parts. */
const sockets = '^/[A-Za-z0-9_-]{9}/[A-Za-z0-9_-]+'

/** The published text of the algorithm, readable beside the pages that point to it. */
function fairnessText(): Plugin {
  const text = () => readFileSync(join(import.meta.dirname, '..', 'game', 'fairness.md'), 'utf8')
  return {
    name: 'fairness-text',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'fairness.txt', source: text() })
    },
    configureServer(vite) {
      vite.middlewares.use('/fairness.txt', (_request, response) => {
        response.setHeader('content-type', 'text/plain; charset=utf-8')
        response.end(text())
      })
    },
  }
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact({ devToolsEnabled: false }), fairnessText()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  server: {
    port: 5173,
    proxy: {
      ...Object.fromEntries(api.map((path) => [path, { target: server, changeOrigin: false, ws: true }])),
      [sockets]: { target: server, ws: true },
    },
  },
})
