import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import {
  addKey,
  madeWebhook,
  newPartnerKey,
  newWebhook,
  partnerDomains,
  partnerKey,
  partnerView,
  partnerWebhook,
  walletChoice,
  walletSet,
  worldName,
} from '../schema/partner-api.ts'
import { BEARER, IDEMPOTENCY_KEY, json, jsonBody } from './openapi.ts'
import { examples } from './partner-examples.ts'
import { refusals } from './problem.ts'

const SELF = [
  'auth/token-missing',
  'auth/token-invalid',
  'auth/token-expired',
  'auth/revoked',
  'auth/forbidden',
  'partner/unknown',
  'ledger/overloaded',
  'ledger/unavailable',
] as const
const KEYED = ['request/key-missing', 'request/key-reused'] as const
const own = { tags: ['partners'], security: BEARER }
const params = z.object({ world: worldName })
const webhookParams = params.extend({ id: z.string().max(64) })
const view = json(partnerView.meta({ id: 'PartnerView' }), 'As it stands now.', examples.partner)
const done = { description: 'Done.' }
const CONFIRMED = 'Wants a fresh proof of who you are: `auth/confirm` says that POST /auth/confirm comes first.'

/** What those who look after a partner do for it, signed in to its tenant. */
export const routes = {
  view: createRoute({
    ...own,
    method: 'get',
    path: '/partner/self',
    operationId: 'getOwnPartner',
    summary: 'Your partner: stage, worlds, commission, quota',
    responses: { 200: view, ...refusals(...SELF) },
  }),
  review: createRoute({
    ...own,
    method: 'post',
    path: '/partner/self/review',
    operationId: 'askForReview',
    summary: 'Asks to be let into production',
    parameters: [IDEMPOTENCY_KEY],
    responses: { 200: view, ...refusals(...SELF, ...KEYED, 'partner/state') },
  }),
  keys: createRoute({
    ...own,
    method: 'get',
    path: '/partner/self/{world}/keys',
    operationId: 'listOwnKeys',
    summary: 'Your API keys, without their secrets',
    request: { params },
    responses: {
      200: json(z.array(partnerKey.meta({ id: 'PartnerKey' })), 'Oldest first, ended ones too.', examples.keys),
      ...refusals(...SELF),
    },
  }),
  addKey: createRoute({
    ...own,
    method: 'post',
    path: '/partner/self/{world}/keys',
    operationId: 'addOwnKey',
    summary: 'One more API key; the others may end after a while',
    description: CONFIRMED,
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(addKey, examples.addKey) },
    responses: {
      201: json(newPartnerKey.meta({ id: 'NewPartnerKey' }), 'Made, or made before under this key.', examples.newKey),
      ...refusals(...SELF, ...KEYED, 'auth/confirm', 'partner/state'),
    },
  }),
  endKey: createRoute({
    ...own,
    method: 'delete',
    path: '/partner/self/keys/{key}',
    operationId: 'endOwnKey',
    summary: 'Ends an API key at once, on every node, open feeds with it',
    description: CONFIRMED,
    parameters: [IDEMPOTENCY_KEY],
    request: { params: z.object({ key: z.string().max(48) }) },
    responses: { 204: done, ...refusals(...SELF, ...KEYED, 'auth/confirm', 'request/not-found') },
  }),
  domains: createRoute({
    ...own,
    method: 'put',
    path: '/partner/self/{world}/domains',
    operationId: 'setOwnDomains',
    summary: 'Sets the origins whose pages may call us for your users',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(partnerDomains, examples.domains) },
    responses: { 200: view, ...refusals(...SELF, ...KEYED) },
  }),
  wallet: createRoute({
    ...own,
    method: 'put',
    path: '/partner/self/{world}/wallet',
    operationId: 'setOwnWallet',
    summary: 'Says where the money of your users lies: with us, or in a wallet of yours',
    description: `${CONFIRMED} Each command gives another secret; how our calls are signed and answered stands in docs/partners.md.`,
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(walletChoice, examples.wallet) },
    responses: {
      200: json(walletSet.meta({ id: 'WalletSet' }), 'Set.', examples.walletSet),
      ...refusals(...SELF, ...KEYED, 'auth/confirm', 'outbound/refused'),
    },
  }),
  webhooks: createRoute({
    ...own,
    method: 'get',
    path: '/partner/self/{world}/webhooks',
    operationId: 'listOwnWebhooks',
    summary: 'Where your events are sent, and how that goes',
    request: { params },
    responses: {
      200: json(z.array(partnerWebhook.meta({ id: 'PartnerWebhook' })), 'Oldest first.', examples.webhooks),
      ...refusals(...SELF),
    },
  }),
  addWebhook: createRoute({
    ...own,
    method: 'post',
    path: '/partner/self/{world}/webhooks',
    operationId: 'addOwnWebhook',
    summary: 'Has the events of this world sent to a URL from now on',
    parameters: [IDEMPOTENCY_KEY],
    request: { params, ...jsonBody(newWebhook, examples.newWebhook) },
    responses: {
      201: json(madeWebhook.meta({ id: 'MadeWebhook' }), 'Made, or made before under this key.', examples.madeWebhook),
      ...refusals(...SELF, ...KEYED, 'outbound/refused'),
    },
  }),
  enableWebhook: createRoute({
    ...own,
    method: 'post',
    path: '/partner/self/{world}/webhooks/{id}/enable',
    operationId: 'enableOwnWebhook',
    summary: 'Has a disabled endpoint sent to again, from where it stopped',
    parameters: [IDEMPOTENCY_KEY],
    request: { params: webhookParams },
    responses: { 204: done, ...refusals(...SELF, ...KEYED, 'request/not-found') },
  }),
  removeWebhook: createRoute({
    ...own,
    method: 'delete',
    path: '/partner/self/{world}/webhooks/{id}',
    operationId: 'removeOwnWebhook',
    summary: 'Sends nothing there any more',
    parameters: [IDEMPOTENCY_KEY],
    request: { params: webhookParams },
    responses: { 204: done, ...refusals(...SELF, ...KEYED, 'request/not-found') },
  }),
} as const
