import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

/** Paths of the pages themselves: each is the one document, which then finds its own way. */
const documents = ['/', '/b/:battle', '/history', '/items', '/verify', '/verify/:battle', '/rules']

/**
 * The built pages: the document at every path of theirs, and its files, whose names carry a hash of what they hold and may
 * therefore be kept for ever.
 */
export function servePages(folder: string): Hono {
  const app = new Hono()
  const document = readFileSync(join(folder, 'index.html'), 'utf8')
  for (const path of documents) app.get(path, (c) => c.html(document, 200, { 'cache-control': 'no-cache' }))
  app.use('/assets/*', async (c, next) => {
    await next()
    if (c.res.ok) c.res.headers.set('cache-control', 'public, max-age=31536000, immutable')
  })
  app.use('*', serveStatic({ root: folder }))
  return app
}
