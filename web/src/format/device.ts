const browsers = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const
const systems = [
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Android', 'Android'],
  ['Windows', 'Windows'],
  ['Mac OS', 'Mac'],
  ['Linux', 'Linux'],
] as const

/** `Firefox on Windows`, of what a browser calls itself: every one of them also claims to be others. */
export function deviceName(device: string | null): string {
  if (device === null) return 'A browser'
  const browser = browsers.find(([mark]) => device.includes(mark))?.[1]
  const system = systems.find(([mark]) => device.includes(mark))?.[1]
  if (browser === undefined) return device
  return system === undefined ? browser : `${browser} on ${system}`
}
