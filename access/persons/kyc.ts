import type { ProofDecision } from '../../schema/person.ts'

/** A call of a provider as it arrived. */
export type KycWebhook = Readonly<{ headers: Readonly<Record<string, string | undefined>>; body: string }>

/** Somebody who checks who people are. We never see what they show. */
export interface KycProvider {
  /** As it stands in the path of its webhook. */
  readonly name: string
  /** Begins a check; asked again under the same `id` it is the same one. Throws `person/unavailable`. */
  begin(id: string): Promise<Readonly<{ reference: string; url: string }>>
  /** Reads a webhook. Throws `person/signature` for what the provider has not sent. */
  read(webhook: KycWebhook): ProofDecision
}
