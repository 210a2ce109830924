import { worldNameOf } from '../access/partners/worlds.ts'
import type { Gates } from './caller.ts'
import { routes } from './partner-self-routes.ts'
import type { ServiceParts, Services } from './parts.ts'

/** What those who look after a partner do for it. */
export function addPartnerSelf(app: Services, parts: ServiceParts, gates: Gates): void {
  addOwnPartner(app, parts, gates)
  addOwnKeys(app, parts, gates)
  addOwnWebhooks(app, parts, gates)
}

function addOwnPartner(app: Services, { partnering: { self } }: ServiceParts, gates: Gates): void {
  const command = gates.staffCommand('partner.self')
  app.openapi({ ...routes.view, middleware: gates.staff('partner.self') }, async (c) =>
    c.json(await self.view(c.var.principal), 200),
  )
  app.openapi({ ...routes.review, middleware: command }, async (c) =>
    c.json(await self.askForReview(c.var.principal), 200),
  )
  app.openapi({ ...routes.domains, middleware: command }, async (c) => {
    const { domains } = c.req.valid('json')
    return c.json(await self.setDomains(c.var.principal, c.req.valid('param').world, domains), 200)
  })
  app.openapi({ ...routes.wallet, middleware: gates.confirmedStaffCommand('partner.self') }, async (c) => {
    const asked = { key: c.var.key, wanted: c.req.valid('json') }
    return c.json(await self.setWallet(c.var.principal, c.req.valid('param').world, asked), 200)
  })
}

function addOwnKeys(app: Services, { partnering: { self } }: ServiceParts, gates: Gates): void {
  const confirmed = gates.confirmedStaffCommand('partner.self')
  app.openapi({ ...routes.keys, middleware: gates.staff('partner.self') }, async (c) => {
    const keys = await self.keys(c.var.principal, c.req.valid('param').world)
    return c.json(
      keys.map(({ id, sandbox, created_ms: createdAt, ends_ms: endsAt }) => ({
        id,
        world: worldNameOf(sandbox),
        createdAt,
        endsAt,
      })),
      200,
    )
  })
  app.openapi({ ...routes.addKey, middleware: confirmed }, async (c) => {
    const asked = { key: c.var.key, wanted: c.req.valid('json') }
    return c.json(await self.addKey(c.var.principal, c.req.valid('param').world, asked), 201)
  })
  app.openapi({ ...routes.endKey, middleware: confirmed }, async (c) => {
    await self.endKey(c.var.principal, c.req.valid('param').key)
    return c.body(null, 204)
  })
}

function addOwnWebhooks(app: Services, { partnering: { self } }: ServiceParts, gates: Gates): void {
  const command = gates.staffCommand('partner.self')
  app.openapi({ ...routes.webhooks, middleware: gates.staff('partner.self') }, async (c) => {
    const endpoints = await self.webhooks(c.var.principal, c.req.valid('param').world)
    return c.json(
      endpoints.map(({ id, url, types, disabled, lag_events, failures, last_error: lastError, dead }) => ({
        id,
        url,
        types: types && [...types],
        disabled,
        lag: `${lag_events}`,
        failures,
        lastError,
        dead,
      })),
      200,
    )
  })
  app.openapi({ ...routes.addWebhook, middleware: command }, async (c) => {
    const asked = { key: c.var.key, wanted: c.req.valid('json') }
    return c.json(await self.addWebhook(c.var.principal, c.req.valid('param').world, asked), 201)
  })
  app.openapi({ ...routes.enableWebhook, middleware: command }, async (c) => {
    const { world, id } = c.req.valid('param')
    await self.enableWebhook(c.var.principal, world, id)
    return c.body(null, 204)
  })
  app.openapi({ ...routes.removeWebhook, middleware: command }, async (c) => {
    const { world, id } = c.req.valid('param')
    await self.removeWebhook(c.var.principal, world, id)
    return c.body(null, 204)
  })
}
