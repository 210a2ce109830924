import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'

/** What of the package `chdb` is used: the engine of ClickHouse in this process. */
type Session = Readonly<{
  query(text: string, format?: string): string
  queryAsync(
    text: string,
    options: { format: string },
  ): Promise<{ bytes(): Uint8Array; rowsRead: number; bytesRead: number }>
  close(): void
}>
type Chdb = Readonly<{ Session: new (folder: string) => Session; drainPending(): Promise<void> }>
/** Parameters of the URL that are no settings of the query, or none that the engine knows outside its own server. */
const NOT_SETTINGS = new Set(
  'query query_id database default_format session_id session_timeout user password quota_key compress decompress role enable_http_compression send_progress_in_http_headers wait_end_of_query http_headers_progress_interval_ms'.split(
    ' ',
  ),
)
/** HTTP statuses of ClickHouse for the codes of its errors; all others are 500. */
const STATUS = new Map<string, number>([
  ...['6', '26', '27', '36', '38', '41', '53', '62', '69', '70'].map((code) => [code, 400] as const),
  ...['46', '47', '60', '81', '115'].map((code) => [code, 404] as const),
  ...['164', '194', '497', '516'].map((code) => [code, 403] as const),
])
const INLINE_DATA = /^\s*insert\s.*?\bformat\s+\w+\s*\n/is

const [folder = '', port = '0', chdbHome = '', password = ''] = process.argv.slice(2)
const load = createRequire(`${chdbHome}/package.json`)
const chdb = load('chdb') as Chdb
// Held open for as long as the process lives: the engine keeps its tables loaded while one session is.
const keeper = new chdb.Session(folder)

type Answer = Readonly<{ body: Uint8Array; format: string; summary: object }>

/** Runs one query as ClickHouse's HTTP interface does, in a session of its own: what it sets, it sets for nobody else. */
async function answer(url: URL, body: Buffer): Promise<Answer> {
  const asked = url.searchParams
  const session = new chdb.Session(folder)
  try {
    for (const statement of before(asked)) session.query(statement)
    const text = asked.get('query') ?? ''
    const inline = text === '' ? INLINE_DATA.exec(body.subarray(0, 65_536).toString())?.[0] : undefined
    if (/^\s*insert\s/i.test(text) && body.length > 0) return await insert(session, text, body)
    if (inline !== undefined) return await insert(session, inline, body.subarray(Buffer.byteLength(inline)))
    const query = text === '' ? body.toString() : `${text}\n${body.toString()}`
    const format = /\bformat\s+(\w+)[\s;]*$/i.exec(query)?.[1] ?? asked.get('default_format') ?? 'TabSeparated'
    const result = await session.queryAsync(query, { format })
    const summary = { read_rows: `${result.rowsRead}`, read_bytes: `${result.bytesRead}` }
    return { body: result.bytes(), format, summary }
  } finally {
    session.close()
  }
}

/** The data goes by way of a file: what stands in the query's own text ends, for the engine, at an empty line. */
async function insert(session: Session, text: string, data: Buffer): Promise<Answer> {
  const file = join(folder, '..', `insert-${randomUUID()}`)
  await writeFile(file, data)
  try {
    const query = text.replace(/\bformat\s+(\w+)\s*$/i, `FROM INFILE '${file}' FORMAT $1`)
    const done = await session.queryAsync(query, { format: 'Null' })
    const summary = { written_bytes: `${data.length}`, read_rows: `${done.rowsRead}` }
    return { body: new Uint8Array(), format: 'TabSeparated', summary }
  } finally {
    await rm(file)
  }
}

/** The statements that give a session its database, its settings and the query's parameters. */
function before(asked: URLSearchParams): string[] {
  const database = asked.get('database')
  const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
  const settings = [...asked].filter(([name]) => !NOT_SETTINGS.has(name))
  return [
    ...(database ? [`USE \`${database.replaceAll('`', '')}\``] : []),
    ...settings.map(([name, value]) => `SET ${name.replaceAll(/\W/g, '')} = ${quoted(value)}`),
  ]
}

function isAllowed(request: IncomingMessage, url: URL): boolean {
  const basic = /^Basic (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  const given =
    request.headers['x-clickhouse-key'] ??
    url.searchParams.get('password') ??
    (basic === undefined
      ? ''
      : Buffer.from(basic, 'base64')
          .toString()
          .replace(/^[^:]*:/, ''))
  return given === password
}

const UNPACK: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
}

function unpacked(request: IncomingMessage, body: Buffer): Buffer {
  return UNPACK[request.headers['content-encoding'] ?? '']?.(body) ?? body
}

function refuse(response: ServerResponse, error: unknown): void {
  const message = (error as Error).message.replace(/^(Query failed: |Code: \d+\. DB::Exception: (?=Code: ))+/, '')
  const code = /^Code: (\d+)/.exec(message)?.[1] ?? '1002'
  response.writeHead(STATUS.get(code) ?? 500, { 'x-clickhouse-exception-code': code })
  response.end(`${message}\n`)
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://here')
  const sent = await buffer(request)
  if (url.pathname === '/ping' || (request.method === 'GET' && !url.searchParams.has('query'))) {
    response.end('Ok.\n')
    return
  }
  response.setHeader('x-clickhouse-query-id', url.searchParams.get('query_id') ?? '')
  response.setHeader('x-clickhouse-timezone', 'UTC')
  response.setHeader('x-clickhouse-server-display-name', 'chdb')
  try {
    if (!isAllowed(request, url))
      throw new Error('Code: 516. DB::Exception: Authentication failed: password is incorrect. (AUTHENTICATION_FAILED)')
    const { body, format, summary } = await answer(url, unpacked(request, sent))
    response.setHeader('x-clickhouse-format', format)
    response.setHeader('x-clickhouse-summary', JSON.stringify(summary))
    const packed =
      url.searchParams.get('enable_http_compression') === '1' &&
      (request.headers['accept-encoding']?.includes('gzip') ?? false)
    if (packed) response.setHeader('content-encoding', 'gzip')
    response.end(packed ? gzipSync(body) : body)
  } catch (error) {
    refuse(response, error)
  }
}

const server = createServer({ keepAliveTimeout: 10_000 }, (request, response) => {
  // A client that hangs up halfway is nobody to answer.
  handle(request, response).catch(() => response.destroy())
})
server.listen(Number(port), '127.0.0.1', () => console.log(`the ClickHouse engine answers on port ${port}`))
process.once('SIGTERM', () => {
  server.closeAllConnections()
  server.close(() => {
    void chdb.drainPending().then(() => {
      keeper.close()
      process.exit(0)
    })
  })
})
