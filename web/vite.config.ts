import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'

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
  '/fairness',
  '/feed',
  '/matchmake',
  '/.well-known',
]

/** Colyseus puts a socket at `/<process id>/<room id>`; ids have nine characters and no page has two such parts. */
const sockets = '^/[A-Za-z0-9_-]{9}/[A-Za-z0-9_-]+'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact({ devToolsEnabled: false })],
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
