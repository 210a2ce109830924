import { createRoute } from '@hono/zod-openapi'
import { html } from 'hono/html'
import { z } from 'zod'
import { channels } from '../schema/channels/all.ts'
import type { Channel, ChannelMessage } from '../schema/channels/channel.ts'
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

/** Adds GET /docs: what may be said and is told over every socket, with an example of each, beside both documents. */
export function addDocs(app: Services): void {
  app.openapi(route, (c) => c.html(page()))
}

const style = `body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
pre{overflow:auto;background:#8882;padding:.5rem}dt{font-weight:600;margin-top:1rem}dd{margin:0}`

function page() {
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>RollingDrop: all ways in</title>
      <style>
        ${style}
      </style>
      <h1>All ways in</h1>
      <p>
        Requests: <a href="/openapi.json">OpenAPI</a>. Sockets and events: <a href="/asyncapi.json">AsyncAPI</a>, and
        below.
      </p>
      ${channels.map(section)}
    </html>`
}

function section({ id, title, address, description, said, told }: Channel) {
  return html`<section id="${id}">
    <h2>${title}</h2>
    <p><code>${address}</code></p>
    <p>${description}</p>
    ${list('What you may say', said)} ${list('What you are told', told)}
  </section>`
}

function list(title: string, messages: Readonly<Record<string, ChannelMessage>>) {
  const items = Object.entries(messages).map(
    ([type, { summary, example }]) =>
      html`<dt><code>${type}</code></dt>
        <dd>
          ${summary}
          <pre>${JSON.stringify(example)}</pre>
        </dd>`,
  )
  return items.length === 0
    ? ''
    : html`<h3>${title}</h3>
        <dl>${items}</dl>`
}
