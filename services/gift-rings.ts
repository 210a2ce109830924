import type { Given } from '../schema/analytics.ts'

/** Who gives round in a circle: each to the next, the last to the first. `least` is what went all the way. */
export type Circle = Readonly<{ asset: string; users: readonly string[]; least: bigint }>

const USERS_MAX = 4
const TIMES = 5n

/** Of those that gave more than came back: to whom nearly nothing came back. */
export function oneSided(flows: readonly Given[]): readonly Given[] {
  return flows.filter(({ given, back }) => given >= TIMES * back)
}

/**
 * The circles of three and four users in what was given beyond what came back, the largest first; each once, beginning with the
 * user whose id comes first. Two who give each other the same trade with each other: that is no circle.
 */
export function circles(flows: readonly Given[]): readonly Circle[] {
  const next = new Map<string, Given[]>()
  for (const flow of flows) {
    const key = `${flow.asset} ${flow.user}`
    next.set(key, [...(next.get(key) ?? []), flow])
  }
  const found: Circle[] = []
  const walk = (asset: string, users: readonly string[], least: bigint): void => {
    for (const { other, given, back } of next.get(`${asset} ${users.at(-1)}`) ?? []) {
      const through = given - back < least ? given - back : least
      if (other === users[0] && users.length > 2) found.push({ asset, users, least: through })
      if (other > users[0]! && !users.includes(other) && users.length < USERS_MAX)
        walk(asset, [...users, other], through)
    }
  }
  for (const { asset, user } of new Map(flows.map((flow) => [`${flow.asset} ${flow.user}`, flow])).values())
    walk(asset, [user], 2n ** 127n)
  return found.toSorted((a, b) => Number(b.least > a.least) - Number(b.least < a.least))
}
