import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Counts a whole run for one last line that a script can read: `tests: N passed, N failed, N skipped`. */
export default class LastLineReporter implements Reporter {
  readonly counts = { passed: 0, failed: 0, skipped: 0 }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    Object.assign(this.counts, { passed: 0, failed: errors.length, skipped: 0 })
    for (const module of modules) {
      // A file that could not be loaded has no tests to count, and must not pass for it.
      this.counts.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        this.counts[state === 'passed' || state === 'failed' ? state : 'skipped']++
      }
    }
  }

  /** @param wentWrong the run as a whole failed; then the line never shows 0 failed, even when no test was reached */
  line(wentWrong: boolean): string {
    const failed = Math.max(this.counts.failed, wentWrong ? 1 : 0)
    return `tests: ${this.counts.passed} passed, ${failed} failed, ${this.counts.skipped} skipped`
  }
}
