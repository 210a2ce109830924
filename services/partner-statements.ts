import { createRoute, type RouteConfig } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import type { StatementOf } from '../partners/statements.ts'
import { csvOf } from '../partners/statements.ts'
import { PARTNER_SECURITY } from '../schema/partner.ts'
import {
  statement,
  statementDays,
  statementLine,
  statementLines,
  statementLinesQuery,
  statementQuery,
  statementSum,
} from '../schema/partner-api.ts'
import { json } from './openapi.ts'
import { examples } from './partner-examples.ts'
import { createPartnerGate, SIGNED } from './partner-gate.ts'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'
import { refusals } from './problem.ts'

const CSV = 'text/csv; charset=utf-8'
const base = { method: 'get', tags: ['partners'], security: PARTNER_SECURITY } as const satisfies Partial<RouteConfig>
const DESCRIPTION =
  'What your users opened, what came out of it, and what you earned, exactly as the ledger has it; months and days are those of UTC. ' +
  'With `Accept: text/csv` as CSV.'

/** JSON, or CSV for those who ask for it. */
function sheet<T extends z.ZodType>(schema: T, description: string, example: unknown) {
  const told = json(schema, description, example)
  return {
    ...told,
    content: { ...told.content, 'text/csv': { schema: z.string(), example: 'asset,openings,gross,…' } },
  }
}

const routes = {
  month: createRoute({
    ...base,
    path: '/partner/v1/statements',
    operationId: 'getPartnerStatement',
    summary: 'A month in sums, by asset',
    description: DESCRIPTION,
    request: { query: statementQuery },
    responses: {
      200: sheet(statement.meta({ id: 'PartnerStatement' }), 'Empty where nothing happened.', examples.statement),
      ...refusals(...SIGNED),
    },
  }),
  days: createRoute({
    ...base,
    path: '/partner/v1/statements/days',
    operationId: 'getPartnerStatementDays',
    summary: 'A month day by day, by asset',
    description: DESCRIPTION,
    request: { query: statementQuery },
    responses: {
      200: sheet(statementDays.meta({ id: 'PartnerStatementDays' }), 'Days with something on them.', examples.days),
      ...refusals(...SIGNED),
    },
  }),
  lines: createRoute({
    ...base,
    path: '/partner/v1/statements/lines',
    operationId: 'getPartnerStatementLines',
    summary: 'A month opening by opening, newest first',
    description: `${DESCRIPTION} A page of CSV names the cursor of the next one in the header \`x-next\`.`,
    request: { query: statementLinesQuery },
    responses: {
      200: sheet(statementLines.meta({ id: 'PartnerStatementLines' }), 'A page.', examples.lines),
      ...refusals(...SIGNED),
    },
  }),
} as const

const SUMS = Object.keys(statementSum.shape)
const LINES = Object.keys(statementLine.shape)

/** What partners have earned. */
export function addPartnerStatements(app: Services, { partnerAccess, partnering }: ServiceParts): void {
  const { signed } = createPartnerGate(partnerAccess)
  const of = (c: Context<ServiceEnv>, month: string): StatementOf => {
    const { tenant, id } = c.var.partner
    return { tenant, partner: id, month }
  }
  app.openapi({ ...routes.month, middleware: signed }, async (c) => {
    const told = await partnering.statement(of(c, c.req.valid('query').month))
    return wantsCsv(c) ? c.body(csvOf(SUMS, told.sums), 200, { 'content-type': CSV }) : c.json(told, 200)
  })
  app.openapi({ ...routes.days, middleware: signed }, async (c) => {
    const told = await partnering.statementDays(of(c, c.req.valid('query').month))
    return wantsCsv(c) ? c.body(csvOf(['day', ...SUMS], told.days), 200, { 'content-type': CSV }) : c.json(told, 200)
  })
  app.openapi({ ...routes.lines, middleware: signed }, async (c) => {
    const { month, cursor, limit } = c.req.valid('query')
    const told = await partnering.statementLines(of(c, month), { before: cursor, limit })
    if (!wantsCsv(c)) return c.json(told, 200)
    return c.body(csvOf(LINES, told.lines), 200, { 'content-type': CSV, ...(told.next && { 'x-next': told.next }) })
  })
}

function wantsCsv(c: Context): boolean {
  return /(^|,)\s*text\/csv\b/i.test(c.req.header('accept') ?? '')
}
