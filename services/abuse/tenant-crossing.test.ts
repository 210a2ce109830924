import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Answer } from '../../test/node.ts'
import { signedCall } from '../../test/partners.ts'
import { openVictims, type ObjectKind, type Victims } from '../../test/victims.ts'
import { operationsOf, type OpenApiDocument, type Operation } from '../document.ts'

/** What the parameter of a path names, by the path's beginning; the first that fits counts. A new one has to be added here. */
const NAMED: readonly (readonly [path: RegExp, parameter: string, kind: ObjectKind | 'nobody’s'])[] = [
  [/^\/auth\/sessions\//, 'id', 'session'],
  [/^\/admin\/users\//, 'id', 'user'],
  [/^\/(admin\/)?payments\//, 'id', 'payment'],
  [/^\/admin\/withdrawals\//, 'id', 'withdrawal'],
  [/^\/(admin\/)?redemptions\//, 'id', 'redemption'],
  [/^\/(admin\/)?market\/listings\//, 'id', 'listing'],
  [/^\/market\/orders\//, 'id', 'order'],
  [/^\/(transactions\/trade|trades)\//, 'id', 'trade'],
  [/^\/partner\/self\//, 'id', 'webhook'],
  [/^\/partner\/self\//, 'key', 'partnerKey'],
  [/^\/partner\/v1\//, 'openingId', 'partnerOpening'],
  [/^\/partner\/v1\//, 'externalId', 'partnerUser'],
  [/^\/admin\/partners\//, 'name', 'partner'],
  [/^\/admin\/fraud\//, 'group', 'signalGroup'],
  [/./, 'userId', 'user'],
  [/./, 'boxId', 'box'],
  [/./, 'battleId', 'battle'],
  // What is the same for everybody, or of the caller alone: ways to sign in or pay, kinds, assets, one's own worlds and items.
  [/./, 'provider', 'nobody’s'],
  [/^\/auth\/providers\//, 'name', 'nobody’s'],
  [/./, 'kind', 'nobody’s'],
  [/./, 'asset', 'nobody’s'],
  [/./, 'world', 'nobody’s'],
  [/./, 'itemId', 'nobody’s'],
]

/** Fields of bodies that name something of somebody. */
const IN_BODIES: Readonly<Record<string, ObjectKind>> = {
  to: 'user',
  box: 'box',
  rounds: 'box',
  seeds: 'seeds',
  user: 'partnerUser',
}

/** What stands for a parameter that names nothing of anybody. */
const PLAIN: Readonly<Record<string, string>> = {
  provider: 'sandbox',
  name: 'example',
  kind: 'payout',
  asset: 'play:CREDIT',
  world: 'sandbox',
  itemId: 'play:item:lucky-penny',
}

const ROLES = ['player', 'support', 'admin', 'partner-admin'] as const

let victims: Victims
let operations: readonly Operation[]
const tokens = new Map<string, string>()
beforeAll(async () => {
  victims = await openVictims()
  const { body } = await victims.wallet.node.call('GET', '/openapi.json')
  operations = operationsOf(body as OpenApiDocument)
  for (const role of ROLES) tokens.set(role, await victims.attacker(role))
}, 60_000)
afterAll(() => victims.wallet.close())

type Kind = ObjectKind | 'nobody’s'

function kindOf({ path }: Operation, parameter: string): Kind {
  const [, , kind] = NAMED.find(([where, name]) => name === parameter && where.test(path)) ?? []
  if (kind === undefined) throw new Error(`what does {${parameter}} of ${path} name? Say it in NAMED`)
  return kind
}

const parametersOf = ({ path }: Operation): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
const exampleOf = ({ requestBody }: Operation) =>
  requestBody?.content['application/json']?.example as Record<string, unknown> | undefined
const isCreating = ({ path, method }: Operation) => method === 'POST' && path === '/partner/v1/users'

/** What a route names that is somebody's: in its path, in its body. */
function kindsOf(operation: Operation): ObjectKind[] {
  const inPath = parametersOf(operation).map((name) => kindOf(operation, name))
  const inBody = Object.keys(exampleOf(operation) ?? {}).flatMap((field) => IN_BODIES[field] ?? [])
  return [...inPath, ...inBody].filter((kind) => kind !== 'nobody’s')
}

/** Calls the route with what is the victims' wherever it names something. */
async function attack(operation: Operation, role: string): Promise<Answer> {
  const { objects, wallet, key } = victims
  const { method, path: template, security = [] } = operation
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const kind = kindOf(operation, name)
    return encodeURIComponent(kind === 'nobody’s' ? PLAIN[name]! : objects[kind])
  })
  const example = exampleOf(operation)
  const body =
    example &&
    Object.fromEntries(
      Object.entries(example).map(([field, value]) => {
        const kind = IN_BODIES[field]
        if (kind === undefined) return [field, value]
        return [field, Array.isArray(value) ? [objects[kind]] : objects[kind]]
      }),
    )
  const idempotency = `${role}-${operation.operationId}`
  const query = operation.parameters?.some(({ name }) => name === 'revision') ? '?revision=1' : ''
  if (security.some((each) => 'partnerKey' in each))
    return signedCall(wallet.node, key, method, path, { key: idempotency, ...(body && { body }) })
  return wallet.node.call(method, `${path}${query}`, {
    token: tokens.get(role)!,
    key: idempotency,
    ...(body && { body }),
  })
}

/** Everything that is written of the victims: the rows of their tenants in every table. */
async function written(): Promise<Record<string, string>> {
  const { pool } = victims.wallet.node
  const tables = await pool.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c join pg_class r on r.relname = c.table_name
     where c.column_name = 'tenant' and c.table_schema = 'public' and r.relkind in ('r', 'p') and not r.relispartition`,
  )
  const tenants = ['main', victims.victim.name, `${victims.victim.name}-sandbox`]
  const rows = await Promise.all(
    tables.rows.map(async ({ name }) => {
      const sql = `select md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as digest from "${name}" t where tenant = any($1)`
      return [name, (await pool.query<{ digest: string }>(sql, [tenants])).rows[0]!.digest] as const
    }),
  )
  return Object.fromEntries(rows)
}

const isPublic = ({ security = [] }: Operation) => security.length === 0

describe('whoever is of another tenant', () => {
  test(
    'gets at nothing by its id, whatever their role, by no route; and nothing changes',
    { timeout: 120_000 },
    async () => {
      const before = await written()
      const wrong: string[] = []
      let tried = 0
      for (const operation of operations.filter((each) => !isPublic(each) && !isCreating(each))) {
        const kinds = kindsOf(operation)
        if (kinds.length === 0) continue
        const statuses: number[] = []
        for (const role of ROLES) {
          const { status, body } = await attack(operation, role)
          statuses.push(status)
          const name = `${operation.method} ${operation.path} as ${role}`
          if (status !== 404 && status !== 403) wrong.push(`${name}: ${status} ${JSON.stringify(body).slice(0, 160)}`)
        }
        tried++
        // Somebody's role was enough, so that it was the tenant that stood in the way.
        if (!statuses.includes(404) && !isOperators(operation))
          wrong.push(`${operation.method} ${operation.path}: ${statuses.join()}`)
      }
      expect(wrong).toEqual([])
      expect(tried).toBeGreaterThan(40)
      expect(await written()).toEqual(before)
    },
  )

  test('finds nothing of others in any list, nor by a filter that names them', { timeout: 120_000 }, async () => {
    const { objects, wallet } = victims
    const lists = operations.filter(
      (each) =>
        each.method === 'GET' && !isPublic(each) && kindsOf(each).length === 0 && !/partner\/v1/.test(each.path),
    )
    const found: string[] = []
    for (const { path, parameters = [] } of lists) {
      const plain = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(PLAIN[name]!))
      const filter = parameters.some(({ name }) => name === 'user') ? `?user=${objects.user}` : ''
      for (const role of ROLES) {
        const { status, body } = await wallet.node.call('GET', `${plain}${filter}`, { token: tokens.get(role)! })
        const told = status < 300 ? JSON.stringify(body) : ''
        const leaked = Object.entries(objects).filter(([, id]) => told.includes(`"${id}"`))
        for (const [kind] of leaked) found.push(`${path} as ${role} tells of a ${kind}`)
      }
    }
    expect(lists.length).toBeGreaterThan(15)
    expect(found).toEqual([])
  })

  test('finds all of it where they belong: what was tried is there', async () => {
    const { objects, wallet } = victims
    for (const path of [`/admin/users/${objects.user}`, `/admin/boxes/${objects.box}/versions`])
      expect((await wallet.node.call('GET', path, { token: wallet.staff })).status).toBe(200)
  })
})

/** Partners are managed by the operator alone: in any other tenant the permission itself is refused. */
const isOperators = ({ path }: Operation) => path.startsWith('/admin/partners')
