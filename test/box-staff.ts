import { expect, vi } from 'vitest'
import type { BoxContents, BoxDraft } from '../schema/box-admin.ts'
import type { CommittedEvent, EventType } from '../schema/event.ts'
import type { Answer, TestNode } from './node.ts'

/** Somebody with these roles, signed in at this tenant. Resolves with the token. */
export async function newStaff(node: TestNode, roles: string, tenant = 'main'): Promise<string> {
  const { user, refreshToken } = await node.access.guest()
  await node.pool.query('update app_user set roles = $2, tenant = $3 where id = $1', [user.id, roles, tenant])
  await node.pool.query('update session set tenant = $2 where user_id = $1', [user.id, tenant])
  return (await node.access.refresh(refreshToken)).token
}

/** Contents that are fit to be published: 92 % comes back. */
export function contentsOf(of: string, changed: Partial<BoxContents> = {}): BoxContents {
  const prize = (n: number, value: string, weight: number) =>
    ({ sku: `${of}-${n}`, name: `${of} ${n}`, rarity: n === 2 ? 'rare' : 'common', value, weight }) as const
  const prizes = [prize(1, '50', 700), prize(2, '190', 300)]
  return { name: `Box of ${of}`, asset: 'play:CREDIT', price: '100', prizes, ...changed }
}

/** The editor of boxes over HTTP, as one of the staff. */
export type BoxEditor = Readonly<{
  /** Below /admin/boxes, every time with a key of its own. */
  call: (method: string, path: string, body?: unknown) => Promise<Answer>
  drafted: (id: string, changed?: Partial<BoxContents>) => Promise<BoxDraft>
  /** Asks for a report and waits until it is drawn. */
  reported: (id: string) => Promise<Answer['body']>
  published: (id: string, changed?: Partial<BoxContents>) => Promise<Answer>
  /** Publishes these contents as the next version. */
  republished: (id: string, contents: BoxContents) => Promise<Answer>
  events: (type: EventType, id: string) => Promise<readonly CommittedEvent[]>
  /** Whether players find it in the public catalogue. */
  isOnOffer: (id: string) => Promise<boolean>
}>

let keys = 0

export function boxEditor(node: TestNode, token: string): BoxEditor {
  const call: BoxEditor['call'] = (method, path, body) =>
    node.call(method, `/admin/boxes${path}`, { token, key: `k${++keys}`, ...(body !== undefined && { body }) })

  const drafted: BoxEditor['drafted'] = async (id, changed) => {
    const { status, body } = await call('POST', '', { id, contents: contentsOf(id, changed) })
    expect(status).toBe(201)
    return body as BoxDraft
  }

  const reported: BoxEditor['reported'] = async (id) => {
    expect((await call('POST', `/${id}/report`)).status).toBe(202)
    const done = async () => {
      const { report } = (await call('GET', `/${id}/report`)).body
      expect(report.state).toBe('done')
      return report
    }
    return vi.waitFor(done, { timeout: 15_000, interval: 50 })
  }

  const republished: BoxEditor['republished'] = async (id, contents) => {
    const { revision } = (await call('GET', `/${id}/draft`)).body
    const saved = await call('PUT', `/${id}/draft`, { revision, contents })
    await reported(id)
    return call('POST', `/${id}/publish`, { revision: saved.body.revision })
  }

  return {
    call,
    drafted,
    reported,
    republished,
    async published(id, changed) {
      const { revision } = await drafted(id, changed)
      await reported(id)
      return call('POST', `/${id}/publish`, { revision })
    },
    async events(type, id) {
      const all = await node.ledger.reader.events({ since: 0n, limit: 10_000, tenant: 'main', type })
      return all.filter(({ payload }) => payload['box'] === id || payload['object'] === `box:${id}`)
    },
    async isOnOffer(id) {
      return (await node.call('GET', '/boxes/catalog')).body.some((box: { id: string }) => box.id === id)
    },
  }
}
