const KEY = 'rollingdrop/device'

let made: string | undefined

/**
 * An id of this browser, made here and kept in it, so that one's devices can be told apart at sign-in; undefined where nothing is
 * kept between visits.
 */
export function deviceId(): string | undefined {
  if (!('window' in globalThis)) return undefined
  try {
    const kept = localStorage.getItem(KEY)
    if (kept !== null) return kept
    made ??= Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    )
    localStorage.setItem(KEY, made)
    return made
  } catch {
    // The browser forbids it.
    return undefined
  }
}
