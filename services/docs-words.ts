import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** A piece of a page; whatever text went into it is escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

/** Text of our descriptions: paragraphs, `code` and [links](/somewhere). */
export function words(text: string): Html[] {
  return text.split('\n\n').map((paragraph) => html`<p>${inline(paragraph)}</p>`)
}

export function inline(text: string): Html[] {
  return text.split(/(`[^`]+`|\[[^\]]+\]\([^)\s]+\))/).map((piece) => {
    if (piece.startsWith('`')) return html`<code>${piece.slice(1, -1)}</code>`
    const [, name, href] = /^\[([^\]]+)\]\((\/[^)\s]*|https:[^)\s]*)\)$/.exec(piece) ?? []
    return href === undefined ? html`${piece}` : html`<a href="${href}">${name}</a>`
  })
}

/** JSON to be read; long lists and texts are cut. */
export function example(value: unknown): Html {
  const short = (_key: string, each: unknown): unknown => {
    if (Array.isArray(each) && each.length > LISTED_MAX)
      return [...each.slice(0, LISTED_MAX), `… ${each.length} in all`]
    return typeof each === 'string' && each.length > TEXT_MAX ? `${each.slice(0, TEXT_MAX)}…` : each
  }
  return html`<pre>${JSON.stringify(value, short, 2)}</pre>`
}

const LISTED_MAX = 3
const TEXT_MAX = 100

export const nothing: Html = raw('')
