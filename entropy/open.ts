import { createDrand, DRAND_URLS } from './drand.ts'
import type { Entropy } from './entropy.ts'
import { createEntropy, type EntropyOptions } from './hash-chain.ts'

export type OpenEntropyOptions = Omit<EntropyOptions, 'log'> &
  Readonly<{
    /** What decides the battles that start from now on. */
    source: 'chain' | 'drand'
    /** Relays of drand; empty: the network's own. */
    drandUrls: readonly string[]
    log: Readonly<Record<'error' | 'warn', (fields: object, message: string) => void>>
  }>

/**
 * The sources of public values. One of them decides new battles; battles that have started get their value from the one that
 * was named then, whatever is configured by now.
 */
export async function openEntropy({ source, drandUrls, ...options }: OpenEntropyOptions): Promise<Entropy> {
  const { clock, log } = options
  const drand = createDrand({ urls: drandUrls.length > 0 ? drandUrls : DRAND_URLS, log, ...(clock && { clock }) })
  const chain = await createEntropy(options)
  const deciding = source === 'drand' ? drand : chain
  const sourceOf = (ref: Readonly<{ source: string }>) => (ref.source.startsWith('drand:') ? drand : chain)
  return {
    fix: (now_ms) => deciding.fix(now_ms),
    value: (ref) => sourceOf(ref).value(ref),
    lead_ms: (ref) => sourceOf(ref).lead_ms(ref),
    published: () => deciding.published(),
    ...(deciding.beacon && { beacon: deciding.beacon }),
    close() {
      drand.close()
      chain.close()
    },
  }
}
