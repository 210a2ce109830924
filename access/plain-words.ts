/** What would say who somebody is, or let others be them, wherever in a line it stands: mail addresses, JWTs, credentials. */
const PERSONAL: readonly (readonly [RegExp, string])[] = [
  [/[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+/gu, '…@…'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '…jwt…'],
  [/\b(bearer|basic) +[\w.~+/=-]+/gi, '$1 …'],
]

/** A line for a log, or what an error says, without people in it. What is JSON stays JSON. */
export function impersonal(line: string): string {
  return PERSONAL.reduce((text, [found, instead]) => text.replaceAll(found, instead), line)
}
