import { OpenAPIHono } from '@hono/zod-openapi'
import { addAsyncDocument } from './asyncapi.ts'
import { addAnalytics } from './analytics.ts'
import { addAuth } from './auth.ts'
import { addBattles } from './battles.ts'
import { bodyLimits } from './body-limits.ts'
import { addBoxes } from './boxes.ts'
import { addCheckpoints } from './checkpoints.ts'
import { createGates } from './caller.ts'
import { addCreateBattle } from './create-battle.ts'
import { addDocs } from './docs.ts'
import { addFairness } from './fairness.ts'
import { addHealth } from './health.ts'
import { addHistory } from './history.ts'
import { addInventory } from './inventory.ts'
import { addLimits } from './limits.ts'
import { addMe } from './me.ts'
import { addDocument } from './openapi.ts'
import { addOpenings } from './openings.ts'
import { allowOrigins } from './origin.ts'
import { addOwnAccount } from './own-account.ts'
import { addPublicKeys } from './public-keys.ts'
import { addProviders } from './providers.ts'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'
import { onError, onNotFound, refuseInvalid } from './problem.ts'
import { requestIds } from './request-ids.ts'
import { secureHeaders } from './secure-headers.ts'
import { addSell } from './sell.ts'
import { addSignIn } from './sign-in.ts'

/**
 * The HTTP API: every route checks its caller and its input, and answers from the ledger. Every refusal is a problem
 * document (RFC 9457) with a code of `schema/errors.ts`. Pages may be added to the app afterwards.
 */
export function createServices(parts: ServiceParts): Services {
  const app = new OpenAPIHono<ServiceEnv>({ defaultHook: refuseInvalid })
  const gates = createGates(parts)
  app.onError(onError(parts.log))
  app.notFound(onNotFound)
  app.use(requestIds)
  app.use(secureHeaders(parts.config))
  app.use(gates.anyone)
  app.use(allowOrigins(parts.config, parts.domains))
  app.use(bodyLimits(parts.config))
  addAuth(app, parts, gates)
  addSignIn(app, parts, gates)
  addPublicKeys(app, parts)
  addProviders(app, parts, gates)
  addOwnAccount(app, parts, gates)
  addMe(app, parts, gates)
  addBoxes(app, parts)
  addBattles(app, parts)
  addCreateBattle(app, parts, gates)
  addHistory(app, parts, gates)
  addInventory(app, parts, gates)
  addSell(app, parts, gates)
  addOpenings(app, parts, gates)
  addLimits(app, parts, gates)
  addAnalytics(app, parts, gates)
  addFairness(app, parts)
  addCheckpoints(app, parts)
  addHealth(app, parts)
  addAsyncDocument(app)
  addDocs(app)
  addDocument(app)
  return app
}
