import type { Pool } from 'pg'
import type { TenantId } from '../schema/account.ts'
import { boxFileOf, type BoxContents, type BoxFile } from '../schema/box-admin.ts'
import { contentsOf, hashContents } from '../schema/box-contents.ts'
import { findNewest } from './box-version.ts'

type Stock = Readonly<{ asset: string; amount: string }>

/** All boxes on offer, with their limits, as a file that can be imported elsewhere. */
export async function exportBoxes(pool: Pool, tenant: TenantId): Promise<BoxFile> {
  const boxes = await findNewest(pool, tenant)
  const { rows } = await pool.query<Stock>('select asset, amount from item_stock where tenant = $1', [tenant])
  const limits = new Map(rows.map(({ asset, amount }) => [asset, amount]))
  return boxFileOf(boxes.map(({ box }) => Object.assign({ id: box.id }, withStock(contentsOf(box), limits))))
}

/** The contents with the limit of each item that has one. */
export function withStock(contents: BoxContents, limits: ReadonlyMap<string, string>): BoxContents {
  const family = contents.asset.startsWith('play:') ? 'play:item:' : 'item:'
  const prizes = contents.prizes.map((prize) => {
    const stock = limits.get(family + prize.sku)
    return stock === undefined ? prize : Object.assign({ stock }, prize)
  })
  return { ...contents, prizes }
}

/** What an import does to a box of which these contents are the newest, drafted or published. */
export function changeOf(id: string, wanted: BoxContents, known: BoxContents | undefined): 'new' | 'changed' | 'same' {
  if (known === undefined) return 'new'
  return hashContents(id, wanted) === hashContents(id, known) ? 'same' : 'changed'
}
