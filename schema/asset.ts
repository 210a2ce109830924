declare const asset: unique symbol

/**
 * What is counted: `USD` (cents), `play:CREDIT` (hundredths of a credit), `item:<sku>`, `slot:<drop>/<slot>`,
 * `ticket:<raffle>`. Everything won with play money carries `play:` in front and never loses it.
 */
export type AssetId = string & { readonly [asset]: true }

const shape = /^(play:)?[A-Za-z][A-Za-z0-9]{1,15}(:[A-Za-z0-9][A-Za-z0-9._/-]{0,79})?$/

export function isAsset(text: string): text is AssetId {
  return shape.test(text)
}

/** `text` as an asset id. Throws a RangeError when it has not the shape above. */
export function toAsset(text: string): AssetId {
  if (!isAsset(text)) throw new RangeError(`${JSON.stringify(text)} is not an asset id`)
  return text
}

export const PLAY_CREDIT = toAsset('play:CREDIT')

/** Whether `asset` belongs to the family of play money, which is never exchanged for anything real. */
export function isPlay(asset: AssetId): boolean {
  return asset.startsWith('play:')
}

/** The asset that counts the item `sku`, of the same family (play or real) as the money it is won with. */
export function itemAsset(sku: string, money: AssetId): AssetId {
  return toAsset(`${isPlay(money) ? 'play:' : ''}item:${sku}`)
}

/** The asset that counts how much of `money` has been wagered: `play:wagered:CREDIT` for `play:CREDIT`. */
export function wageredAsset(money: AssetId): AssetId {
  return toAsset(isPlay(money) ? `play:wagered:${money.slice('play:'.length)}` : `wagered:${money}`)
}

/** The money that `asset` counts the wagers of; undefined when it counts something else. */
export function moneyWagered(asset: AssetId): AssetId | undefined {
  const money = /^(play:)?wagered:(.+)$/.exec(asset)
  return money ? toAsset(`${money[1] ?? ''}${money[2]}`) : undefined
}

/** The asset that counts what is owed of real `money`: `owed:USD` for `USD`. */
export const owedAsset = (money: AssetId): AssetId => toAsset(`owed:${money}`)

/** The sku of an item's asset; undefined when the asset is not an item. */
export function skuOf(asset: AssetId): string | undefined {
  return /^(?:play:)?item:(.+)$/.exec(asset)?.[1]
}
