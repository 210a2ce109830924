import { createRoute } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { z } from 'zod'
import { channels } from '../schema/channels/all.ts'
import type { Channel, ChannelMessage } from '../schema/channels/channel.ts'
import { routeSections } from './docs-routes.ts'
import { docsStyle } from './docs-style.ts'
import { example, inline, nothing, words, type Html } from './docs-words.ts'
import type { OpenApiDocument } from './document.ts'
import type { Services } from './parts.ts'
import { refusals } from './problem.ts'

const route = createRoute({
  method: 'get',
  path: '/docs',
  operationId: 'getDocs',
  tags: ['operations'],
  summary: 'All ways in, for people to read',
  responses: { 200: { description: 'A page.', content: { 'text/html': { schema: z.string() } } }, ...refusals() },
})

/** Adds GET /docs: every request and its answers, and what may be said and is told over every socket, with examples. */
export function addDocs(app: Services, document: () => OpenApiDocument): void {
  let shown: Html | undefined
  app.openapi(route, (c) => c.html((shown ??= page(document()))))
}

function page(document: OpenApiDocument): Html {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>${document.info.title}: all ways in</title>
      <style>
        ${docsStyle}
      </style>
      <h1>All ways in</h1>
      ${words(document.info.description)}
      <p>For machines: <a href="/openapi.json">OpenAPI</a> and <a href="/asyncapi.json">AsyncAPI</a>.</p>
      <nav>
        <b>Requests</b>
        <ul>
          ${document.tags.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}
        </ul>
        <b>Sockets and events</b>
        <ul>
          ${channels.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
        </ul>
      </nav>
      ${routeSections(document)} ${channels.map(channelSection)}
    </html>`
}

function channelSection({ id, title, address, description, said, told }: Channel): Html {
  return html`<section id="${id}">
    <h2>${title}</h2>
    <p><code>${address}</code></p>
    <p>${inline(description)}</p>
    ${list('What you may say', said)} ${list('What you are told', told)}
  </section>`
}

function list(title: string, messages: Readonly<Record<string, ChannelMessage>>): Html {
  const items = Object.entries(messages).map(
    ([type, { summary, example: shown }]) =>
      html`<dt><code>${type}</code></dt>
        <dd>${inline(summary)} ${example(shown)}</dd>`,
  )
  return items.length === 0
    ? nothing
    : html`<h3>${title}</h3>
        <dl>${items}</dl>`
}
