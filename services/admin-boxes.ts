import type { Context } from 'hono'
import type { DeskCommand } from '../catalog/box-desk.ts'
import { draftRoutes, shelfRoutes } from './admin-box-routes.ts'
import type { Gates } from './caller.ts'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'

/** What the staff does with its tenant's boxes. */
export function addAdminBoxes(app: Services, parts: Pick<ServiceParts, 'boxes'>, gates: Gates): void {
  // Before the routes with an id in their place: `export` and `import` are none.
  addFiles(app, parts, gates)
  addDrafts(app, parts, gates)
  addShelf(app, parts, gates)
}

function addFiles(app: Services, { boxes }: Pick<ServiceParts, 'boxes'>, gates: Gates): void {
  const middleware = gates.staff('boxes.write')
  app.openapi({ ...shelfRoutes.export, middleware }, async (c) => {
    c.header('content-disposition', 'attachment; filename="boxes.json"')
    return c.json(await boxes.export(c.var.principal.tenant), 200)
  })
  app.openapi({ ...shelfRoutes.import, middleware }, async (c) => {
    const { file, dryRun } = c.req.valid('json')
    return c.json(await boxes.import(c.var.principal, file, dryRun), 200)
  })
}

function addDrafts(app: Services, { boxes }: Pick<ServiceParts, 'boxes'>, gates: Gates): void {
  const middleware = gates.staff('boxes.write')
  app.openapi({ ...draftRoutes.list, middleware }, async (c) =>
    c.json(await boxes.list(c.var.principal.tenant, c.req.valid('query')), 200),
  )
  app.openapi({ ...draftRoutes.create, middleware }, async (c) => {
    const { id, contents } = c.req.valid('json')
    return c.json(await boxes.create(c.var.principal, id, contents), 201)
  })
  app.openapi({ ...draftRoutes.draft, middleware }, async (c) =>
    c.json(await boxes.draft(c.var.principal.tenant, c.req.valid('param').boxId), 200),
  )
  app.openapi({ ...draftRoutes.save, middleware }, async (c) => {
    const saving = { id: c.req.valid('param').boxId, ...c.req.valid('json') }
    return c.json(await boxes.save(c.var.principal, saving), 200)
  })
  app.openapi({ ...draftRoutes.discard, middleware }, async (c) => {
    await boxes.discard(c.var.principal, c.req.valid('param').boxId, c.req.valid('query').revision)
    return c.body(null, 204)
  })
  app.openapi({ ...draftRoutes.versions, middleware }, async (c) => {
    const { boxId } = c.req.valid('param')
    return c.json(await boxes.versions(c.var.principal.tenant, boxId, c.req.valid('query')), 200)
  })
}

function addShelf(app: Services, { boxes }: Pick<ServiceParts, 'boxes'>, gates: Gates): void {
  const [middleware, command] = [gates.staff('boxes.write'), gates.staffCommand('boxes.write')]
  const commandOf = ({ var: { principal, key } }: Context<ServiceEnv>, box: string): DeskCommand => ({
    principal,
    key,
    box,
  })
  app.openapi({ ...shelfRoutes.publish, middleware: command }, async (c) =>
    c.json(await boxes.publish(commandOf(c, c.req.valid('param').boxId), c.req.valid('json')), 200),
  )
  app.openapi({ ...shelfRoutes.retire, middleware: command }, async (c) =>
    c.json(await boxes.retire(commandOf(c, c.req.valid('param').boxId), c.req.valid('json')), 200),
  )
  app.openapi({ ...shelfRoutes.unschedule, middleware: command }, async (c) =>
    c.json(await boxes.unschedule(commandOf(c, c.req.valid('param').boxId)), 200),
  )
  app.openapi({ ...shelfRoutes.beginReport, middleware }, async (c) =>
    c.json(await boxes.beginReport(c.var.principal.tenant, c.req.valid('param').boxId), 202),
  )
  app.openapi({ ...shelfRoutes.report, middleware }, async (c) =>
    c.json({ report: await boxes.report(c.var.principal.tenant, c.req.valid('param').boxId) }, 200),
  )
}
