import pg from 'pg'
import type { NewPartnerKey } from '../../access/partner.ts'
import { PartnerAdministration } from '../../access/partners/administration.ts'
import { ensurePartnerUser } from '../../access/partners/users.ts'
import { Statements } from '../../access/persons/statements.ts'
import { createSealer } from '../../access/seal.ts'
import { welcome } from '../../access/welcome.ts'
import { ensureBankroll } from '../../catalog/bankroll.ts'
import { publishBox } from '../../catalog/publish.ts'
import { seedBoxes } from '../../catalog/seed.ts'
import { openListing } from '../../game/market/listing.ts'
import { act } from '../../ledger/act.ts'
import { openLedger, type OpenLedger } from '../../ledger/open.ts'
import { listingOf } from '../../market/actors.ts'
import { ITEM_ISSUER, MAIN_TENANT, userOwner } from '../../schema/account.ts'
import { toAmount } from '../../schema/amount.ts'
import { itemAsset, PLAY_CREDIT } from '../../schema/asset.ts'
import { digestOf } from '../../schema/digest.ts'
import { uuidv7 } from '../../schema/uuid.ts'
import type { LoadUser } from './http-load.ts'

/** Steps that are under way at once: the ledger commits them together. */
const AT_ONCE = 64
const CREDITS = 100_000_000n
const DAY_MS = 86_400_000
const FEE_BPS = 500

/** What is opened in `http-driver-worker.ts`. */
const BOX = seedBoxes.find(({ id }) => id === 'pocket-change')!
const prizes = seedBoxes.flatMap((box) => box.prizes)

type Parts = OpenLedger & Readonly<{ pool: pg.Pool; sealer: ReturnType<typeof createSealer>; clock: () => number }>
type Wanted = Readonly<{
  databaseUrl: string
  /** Of the server. */
  secretKey: Uint8Array
  partners: number
  listings: number
  /** Who says how old they are and where they live. */
  payers: readonly LoadUser[]
  /** Whose the listings are. */
  sellers: readonly LoadUser[]
}>

/** Prepares what payments, partners and the market are measured on, straight in the server's database. Returns a user of each partner. */
export async function prepare(wanted: Wanted): Promise<readonly LoadUser[]> {
  const { databaseUrl, secretKey, payers, sellers, listings } = wanted
  const opened = await openLedger({ databaseUrl })
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 8 })
  const parts = { ...opened, pool, sealer: createSealer(secretKey), clock: Date.now }
  try {
    const [customers] = await Promise.all([
      inBulk(wanted.partners, (n) => newPartner(parts, `bench-${n}`)),
      list(parts, sellers, listings),
      statePersons(parts, payers),
    ])
    return customers
  } finally {
    await opened.close()
    await pool.end()
  }
}

async function statePersons(parts: Parts, payers: readonly LoadUser[]): Promise<void> {
  const statements = new Statements(parts)
  const said = { birthDate: '1990-02-28', country: 'DE' }
  await inBulk(payers.length, (n) => statements.state({ tenant: MAIN_TENANT, user: payers[n]!.id }, said, false))
  statements.close()
}

/** A partner with a world of its own in which the box is sold, and a user of its own with credits. */
async function newPartner({ pool, ledger, sealer, clock }: Parts, name: string): Promise<LoadUser> {
  const world = { pool, ledger, tenant: name, clock }
  await ensureBankroll(ledger, name, clock)
  await publishBox(world, BOX)
  const id = 'customer-1'
  const user = await ensurePartnerUser(pool, name, id, clock())
  await ledger.commit(welcome(user, CREDITS))
  const key: NewPartnerKey = (await new PartnerAdministration({ pool, ledger, sealer, clock }).create(name, name))!
  return { id, token: '', key }
}

/** Lists that many items of all kinds at as many prices. */
async function list({ ledger, clock }: Parts, sellers: readonly LoadUser[], count: number): Promise<void> {
  const each = Math.ceil(count / sellers.length)
  await inBulk(sellers.length, (n) => give({ ledger }, sellers[n]!.id, each))
  await inBulk(count, async (n) => {
    const seller = sellers[n % sellers.length]!.id
    const { sku, name, rarity, value } = prizes[Math.floor(n / sellers.length) % prizes.length]!
    const asset = itemAsset(sku, PLAY_CREDIT)
    const created_ms = clock()
    const id = uuidv7(created_ms)
    const price = `${value + BigInt(n)}`
    const times = { created_ms, expires_ms: created_ms + DAY_MS }
    const offer = { id, tenant: MAIN_TENANT, seller, asset, name, rarity, money: PLAY_CREDIT, price, fee_bps: FEE_BPS }
    const command = { id, request: digestOf({ listing: id }), owner: userOwner(seller) }
    await act(ledger, listingOf(id, MAIN_TENANT), command, () => openListing({ ...offer, ...times }))
  })
}

/** One each of the first `count` prizes, from the first again where there are fewer. */
async function give({ ledger }: Pick<Parts, 'ledger'>, user: string, count: number): Promise<void> {
  const id = uuidv7()
  const credit = userOwner(user)
  const skus = Array.from({ length: count }, (_, n) => prizes[n % prizes.length]!.sku)
  await ledger.commit({
    id,
    kind: 'bench.give',
    tenant: MAIN_TENANT,
    request: digestOf(id),
    transfers: skus.map((sku) => ({
      asset: itemAsset(sku, PLAY_CREDIT),
      debit: ITEM_ISSUER,
      credit,
      amount: toAmount(1n),
    })),
    events: [{ type: 'money.moved', payload: {} }],
  })
}

/** The results of `work` for 0 … count − 1, in order. */
async function inBulk<T>(count: number, work: (n: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = []
  let next = 0
  const take = async (): Promise<void> => {
    while (next < count) {
      const n = next++
      results[n] = await work(n)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, take))
  return results
}
