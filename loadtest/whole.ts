/** The value of a flag as a whole number. Throws an Error that names its range. */
export function whole(text: string, name: string, least: number, most: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${name} is a whole number from ${least} to ${most}, not ${text}`)
  }
  return value
}
