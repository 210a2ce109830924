/** A fresh client seed: 32 bytes of the platform's cryptographic randomness as 64 lower-case hex digits. */
export function freshSeed(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
