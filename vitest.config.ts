import { defineConfig } from 'vitest/config'

/** Tests lie beside what they test. `*.browser.test.ts` drive Chromium: few at once, and more patience. */
const BROWSER = '**/*.browser.test.ts'
/** Installs everything anew and takes minutes: in the run of .ci/run alone, after all others, so that what it measures is its own. */
const FRESH = 'e2e/start.test.ts'
const OUTSIDE = ['**/node_modules/**', '.tools/**', '.data/**', 'dist/**']

export default defineConfig({
  test: {
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['**/*.test.ts'],
          exclude: [BROWSER, FRESH, ...OUTSIDE],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [BROWSER],
          exclude: OUTSIDE,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.env['E2E_FRESH'] === '1'
        ? [{ extends: true as const, test: { name: 'fresh', include: [FRESH], sequence: { groupOrder: 2 } } }]
        : []),
    ],
  },
})
