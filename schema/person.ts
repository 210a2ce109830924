import { z } from 'zod'

/** Who somebody is outside of here, as far as it decides what they may do with real money. */

export const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'a country is two capital letters (ISO 3166-1 alpha-2)')
  .describe('ISO 3166-1 alpha-2')

/** What a person says of themselves. A date of birth can be told once. */
export const personStatement = z.strictObject({
  birthDate: z.iso.date().describe('YYYY-MM-DD'),
  country: countryCode,
})
export type PersonStatement = z.output<typeof personStatement>

/** How far an identity check has come. */
const proofStates = ['none', 'pending', 'proven', 'refused'] as const
export type ProofState = (typeof proofStates)[number]

/** Why somebody can spend or pay in no real money. */
const moneyRefusals = ['person/age-unknown', 'person/too-young', 'box/not-sold-here'] as const
export type MoneyRefusal = (typeof moneyRefusals)[number]

export const ownPerson = z.object({
  birthDate: z.string().nullable().describe('null until you have told it'),
  country: z.string().nullable(),
  refusal: z.enum(moneyRefusals).nullable().describe('why you can spend no real money; null when you can'),
  proof: z.enum(proofStates).describe('of your identity; wanted before the first withdrawal'),
})
/** A person as they are told about themselves. */
export type OwnPerson = z.infer<typeof ownPerson>

export const proofBegun = z.object({ url: z.url().describe('where the provider checks who you are') })

/** How the checks of an identity can end. */
export const proofVerdict = z.strictObject({ result: z.enum(['proven', 'refused']) })
export type ProofResult = z.output<typeof proofVerdict>['result']

/** What a provider tells of a check: by its own name for it, and how it ended. */
export const proofDecision = proofVerdict.extend({ reference: z.string().min(1).max(100) })
export type ProofDecision = z.output<typeof proofDecision>

/** What a tenant may sell to whom. Play money needs none of it. */
export const tenantRules = z.strictObject({
  ageMin: z.int().min(0).max(99).describe('years; 0 where somebody else answers for the age'),
  countriesBlocked: z.array(countryCode).max(250).describe('where boxes for money are not sold'),
  realMoney: z.boolean().describe('whether anything is sold for real money at all'),
})
export type TenantRules = z.output<typeof tenantRules>

/** Payload of `person.stated`: that somebody told it, not what. */
export type PersonStated = Readonly<{ user: string }>

/** Payload of `person.proven` and `person.refused`: how a check of an identity ended. */
export type PersonProofDecided = Readonly<{ user: string; proof: string }>
