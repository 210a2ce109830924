import { randomBytes, randomUUID } from 'node:crypto'
import type { Tokens } from '../schema/http.ts'
import { call, enter, newGuest, type Answer, type Call, type RawClient } from './raw-client.ts'

export const BOX = 'pocket-change'
/** What one of it costs, in hundredths of a credit. */
export const PRICE = 250n

/** The public doors of one server, for callers who do not mean well. */
export type Door = Readonly<{
  http(method: string, path: string, options?: Call): Promise<Answer>
  guest(): Promise<Tokens>
  /** Asks for a battle with a fresh Idempotency-Key, or the given one. */
  create(by: Tokens, body: unknown, key?: string): Promise<Answer>
  /** Creates a good battle and returns its id. */
  battle(by: Tokens, changed?: object): Promise<string>
  visit(battle: string, by?: Tokens): Promise<RawClient>
  /** What can be spent, in hundredths. */
  credits(of: Tokens): Promise<bigint>
  /** Leaves every room that is still open. */
  close(): Promise<void>
}>

export const seed = () => randomBytes(32).toString('hex')
export const seatAt = (seat: number) => ({ seat, clientSeed: seed() })
export const wanted = (changed: object = {}) => ({ rounds: [BOX], seats: 2, clientSeed: seed(), ...changed })
export const codeOf = ({ status, code }: Answer) => [status, code]
export const refusal = (code: string) => ({ ok: false, error: { code } })

export function doorOf(url: string): Door {
  const visitors: RawClient[] = []
  const http: Door['http'] = (method, path, options) => call(url, method, path, options)
  const create: Door['create'] = ({ token }, body, key = randomUUID()) => http('POST', '/battles', { token, key, body })
  return {
    http,
    create,
    guest: () => newGuest(url),
    async battle(by, changed) {
      const { status, body } = await create(by, wanted(changed))
      if (status !== 201) throw new Error(`no battle: ${JSON.stringify(body)}`)
      return (body as { id: string }).id
    },
    async visit(battle, by) {
      const visitor = await enter(url, battle, by?.token)
      visitors.push(visitor)
      return visitor
    },
    async credits({ token }) {
      const { body } = await http('GET', '/me', { token })
      const { balances } = body as { balances: { asset: string; balance: string; held: string }[] }
      const { balance, held } = balances.find(({ asset }) => asset === 'play:CREDIT')!
      return BigInt(balance) - BigInt(held)
    },
    async close() {
      await Promise.all(visitors.filter((each) => each.isOpen()).map(({ room }) => room.leave()))
    },
  }
}

/** Does `count` things, `width` at a time. */
export async function inTurns<T>(count: number, width: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < count; i = next++) done[i] = await work(i)
  }
  await Promise.all(Array.from({ length: width }, worker))
  return done
}
