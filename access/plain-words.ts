/** What must not stand in a log, wherever a library has put it: mail addresses, tokens of ours, and what follows a key's name. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu, '<address>'],
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g, '<token>'],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi, '$1 <token>'],
  [/:\/\/[^/\s:@]+:[^/\s@]+@/g, '://<user>@'],
  [/\b(password|passwd|secret|token|api[-_]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, '$1$2<secret>'],
]

/** The text without what names or lets in a person. Dull and only ever for logs: what it hides stays unknown there. */
export function withoutSecrets(text: string): string {
  let plain = text
  for (const [pattern, instead] of secrets) plain = plain.replaceAll(pattern, instead)
  return plain
}
