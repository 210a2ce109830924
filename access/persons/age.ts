import type { MoneyRefusal, PersonStatement, TenantRules } from '../../schema/person.ts'

/** Whole years since a date of birth, in UTC. Whoever was born on 29 February is a year older on 1 March. */
export function yearsSince(birthDate: string, now_ms: number): number {
  const [year, month, day] = birthDate.split('-').map(Number) as [number, number, number]
  const now = new Date(now_ms)
  const isBefore = now.getUTCMonth() + 1 < month || (now.getUTCMonth() + 1 === month && now.getUTCDate() < day)
  return now.getUTCFullYear() - year - (isBefore ? 1 : 0)
}

/** Why somebody who said this may spend no real money under these rules; null when they may. */
export function refusalOf(
  said: PersonStatement | undefined,
  { ageMin, countriesBlocked, realMoney }: TenantRules,
  now_ms: number,
): MoneyRefusal | null {
  if (!realMoney) return 'box/not-sold-here'
  // Where somebody else answers for the age and no country is barred, nothing needs to be known.
  if (said === undefined) return ageMin === 0 && countriesBlocked.length === 0 ? null : 'person/age-unknown'
  if (countriesBlocked.includes(said.country)) return 'box/not-sold-here'
  return yearsSince(said.birthDate, now_ms) < ageMin ? 'person/too-young' : null
}
