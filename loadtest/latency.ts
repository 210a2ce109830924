/** How long things took, in ms, for percentiles at the end. */
export class Latency {
  #all: number[] = []

  add(ms: number): void {
    this.#all.push(ms)
  }

  get count(): number {
    return this.#all.length
  }

  /** The smallest measured value that at least `share` of all do not exceed, to a tenth of a ms; null when there is none. */
  percentile(share: number): number | null {
    const sorted = this.#all.toSorted((a, b) => a - b)
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
    return value === undefined ? null : Math.round(value * 10) / 10
  }

  /** `{<name>_p50_ms, <name>_p95_ms, <name>_p99_ms}`. */
  summary(name: string): Record<string, number | null> {
    return {
      [`${name}_p50_ms`]: this.percentile(0.5),
      [`${name}_p95_ms`]: this.percentile(0.95),
      [`${name}_p99_ms`]: this.percentile(0.99),
    }
  }
}
