import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress } from 'node:zlib'
import { Hono, type Context } from 'hono'
import { etag } from 'hono/etag'

/** Paths of the pages themselves: each is the one document, which then finds its own way. */
const documents = [
  '/',
  '/b/:battle',
  '/history',
  '/items',
  '/market',
  '/market/:asset',
  '/trading',
  '/wallet',
  '/u/:user',
  '/verify',
  '/rules',
  '/leaders',
  '/live',
  '/open',
  '/open/:box',
  '/account',
  '/account/:step',
  '/staff',
  '/staff/:section',
  '/staff/:section/:id',
]

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}

/** Files smaller than this gain nothing by compression. */
const COMPRESS_FROM_BYTES = 1_024

type File = Readonly<{ type: string; body: Buffer<ArrayBuffer>; brotli: Buffer<ArrayBuffer> | undefined }>

/**
 * The built pages of `folder`, read into memory once: the document at every path of theirs, and its files, whose names carry a
 * hash of what they hold and may therefore be kept for ever.
 */
export async function servePages(folder: string): Promise<Hono> {
  const files = await readFiles(folder)
  const document = files.get('/index.html')
  if (document === undefined) throw new Error(`the built pages in ${folder} hold no index.html`)
  const app = new Hono()
  app.use(etag())
  for (const path of documents) app.get(path, (c) => send(c, document, 'no-cache'))
  for (const [path, file] of files) {
    if (file === document) continue
    const caching = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600'
    app.get(path, (c) => send(c, file, caching))
  }
  // A person at a wrong address gets a page that says so; a program gets the problem document of the API.
  app.get('*', (c, next) =>
    c.req.header('accept')?.includes('text/html') ? Promise.resolve(send(c, document, 'no-cache', 404)) : next(),
  )
  return app
}

function send(c: Context, { type, body, brotli }: File, caching: string, status: 200 | 404 = 200): Response {
  const headers = { 'content-type': type, 'cache-control': caching, vary: 'accept-encoding' }
  if (brotli === undefined || !/\bbr\b/.test(c.req.header('accept-encoding') ?? ''))
    return c.body(body, status, headers)
  return c.body(brotli, status, { ...headers, 'content-encoding': 'br' })
}

async function readFiles(folder: string): Promise<Map<string, File>> {
  const compress = promisify(brotliCompress)
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = await Promise.all(
    found.map(async ({ parentPath, name }): Promise<[string, File]> => {
      const body = Buffer.from(readFileSync(join(parentPath, name)))
      const type = types[extname(name)] ?? 'application/octet-stream'
      const isText = /^text|json|svg/.test(type) && body.length >= COMPRESS_FROM_BYTES
      const brotli = isText ? Buffer.from(await compress(body)) : undefined
      return [`/${relative(folder, join(parentPath, name)).split(sep).join('/')}`, { type, body, brotli }]
    }),
  )
  return new Map(files)
}
