/**
 * Says whether tests that need this service can run. Without it they are skipped, loudly; under `REQUIRE_SERVICES=1` (as in
 * .ci/run) its absence is a failure, so that nothing goes untested unnoticed.
 * @throws Error under `REQUIRE_SERVICES=1` when it is missing
 */
export function requireService(name: string, present: boolean): boolean {
  if (present) return true
  if (process.env['REQUIRE_SERVICES'] === '1')
    throw new Error(`${name} is missing, and REQUIRE_SERVICES=1 forbids skipping its tests`)
  console.warn(`SKIPPED: ${name} is not installed, so the tests that need it do not run`)
  return false
}
