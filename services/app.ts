import { OpenAPIHono } from '@hono/zod-openapi'
import { addAdminBoxes } from './admin-boxes.ts'
import { addAsyncDocument } from './asyncapi.ts'
import { addAdminPayments } from './admin-payments.ts'
import { addAdminRedemptions } from './admin-redemptions.ts'
import { addAdminUsers } from './admin-users.ts'
import { addAdminPartners } from './admin-partners.ts'
import { addAnalytics } from './analytics.ts'
import { addAudit } from './audit.ts'
import { addAuth } from './auth.ts'
import { addBattles } from './battles.ts'
import { bodyLimits } from './body-limits.ts'
import { addBoxes } from './boxes.ts'
import { addCheckpoints } from './checkpoints.ts'
import { createGates } from './caller.ts'
import { addCreateBattle } from './create-battle.ts'
import { addDocs } from './docs.ts'
import { addClientEvents } from './client-events.ts'
import { addFairness } from './fairness.ts'
import { addFraud } from './fraud.ts'
import { addHealth } from './health.ts'
import { addHistory } from './history.ts'
import { addInventory } from './inventory.ts'
import { addLimits } from './limits.ts'
import { addItems } from './items.ts'
import { addMarket } from './market.ts'
import { addMarketOrders } from './market-orders.ts'
import { addMe } from './me.ts'
import { addMetrics, createMetrics } from './metrics.ts'
import { addDocument } from './openapi.ts'
import { addOpenings } from './openings.ts'
import { allowOrigins } from './origin.ts'
import { addPayments } from './payments.ts'
import { addPersons } from './persons.ts'
import { addTenantRules } from './tenant-rules.ts'
import { addOwnAccount } from './own-account.ts'
import { addOwnData } from './own-data.ts'
import { addPublicKeys } from './public-keys.ts'
import { addPartnerApi } from './partner-api.ts'
import { addPartnerSelf } from './partner-self.ts'
import { addPartnerStatements } from './partner-statements.ts'
import { addProviders } from './providers.ts'
import type { ServiceEnv, ServiceParts, Services } from './parts.ts'
import { onError, onNotFound, refuseInvalid } from './problem.ts'
import { requestIds } from './request-ids.ts'
import { secureHeaders } from './secure-headers.ts'
import { addRevenue } from './revenue.ts'
import { addRedemptions } from './redemptions.ts'
import { addSell } from './sell.ts'
import { addSignIn } from './sign-in.ts'
import { addTrades } from './trades.ts'

/**
 * The HTTP API: every route checks its caller and its input, and answers from the ledger. Every refusal is a problem
 * document (RFC 9457) with a code of `schema/errors.ts`. Pages may be added to the app afterwards.
 */
export function createServices(parts: ServiceParts): Services {
  const app = new OpenAPIHono<ServiceEnv>({ defaultHook: refuseInvalid })
  const gates = createGates(parts)
  app.onError(onError(parts.log))
  app.notFound(onNotFound)
  const metrics = createMetrics()
  app.use(metrics.requests)
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
  addOwnData(app, parts, gates)
  addAdminUsers(app, parts, gates)
  addAudit(app, parts, gates)
  addMe(app, parts, gates)
  addBoxes(app, parts)
  addAdminBoxes(app, parts, gates)
  addBattles(app, parts)
  addCreateBattle(app, parts, gates)
  addHistory(app, parts, gates)
  addInventory(app, parts, gates)
  addSell(app, parts, gates)
  addPayments(app, parts, gates)
  addAdminPayments(app, parts, gates)
  addRedemptions(app, parts, gates)
  addAdminRedemptions(app, parts, gates)
  addItems(app, parts, gates)
  addMarket(app, parts, gates)
  addMarketOrders(app, parts, gates)
  addTrades(app, parts, gates)
  addOpenings(app, parts, gates)
  addLimits(app, parts, gates)
  addPersons(app, parts, gates)
  addTenantRules(app, parts, gates)
  addAdminPartners(app, parts, gates)
  addPartnerSelf(app, parts, gates)
  addPartnerApi(app, parts)
  addPartnerStatements(app, parts)
  addAnalytics(app, parts, gates)
  addRevenue(app, parts, gates)
  addClientEvents(app, parts, gates)
  addFraud(app, parts, gates)
  addFairness(app, parts)
  addCheckpoints(app, parts)
  addHealth(app, parts)
  addMetrics(app, parts, metrics)
  addAsyncDocument(app)
  addDocs(app, addDocument(app))
  return app
}
