import { html } from 'hono/html'
import { schemaTable, typeOf } from './docs-schema.ts'
import { example, inline, nothing, words, type Html } from './docs-words.ts'
import { operationsOf, type Content, type OpenApiDocument, type Operation } from './document.ts'

/** All routes by their tags, each folded up under its method, path and summary. */
export function routeSections(document: OpenApiDocument): Html[] {
  const operations = operationsOf(document)
  return document.tags.map(({ name, description }) => {
    const own = operations.filter(({ tags = [] }) => tags[0] === name)
    return own.length === 0
      ? nothing
      : html`<section id="${name}">
          <h2>${name}</h2>
          <p>${inline(description)}</p>
          ${own.map((operation) => routeSection(operation, document))}
        </section>`
  })
}

function routeSection(operation: Operation, { components: { schemas } }: OpenApiDocument): Html {
  const {
    method,
    path,
    operationId = '',
    summary = '',
    description,
    parameters = [],
    requestBody,
    responses,
  } = operation
  const answers = Object.entries(responses)
  const refused = answers.filter(([status]) => Number(status) >= 400)
  const good = answers.filter(([status]) => Number(status) < 400)
  const show = ([type, { schema, example: shown }]: [string, Content]): Html => html`
    ${/json/.test(type) ? nothing : html`<p class="type">${type}</p>`}
    ${schema && /json/.test(type) ? schemaTable(schema, schemas) : nothing}
    ${shown === undefined ? nothing : example(shown)}
  `
  return html`<details id="${operationId}">
    <summary>
      <b class="${method.toLowerCase()}">${method}</b> <code>${path}</code>
      <span>${summary}</span>
    </summary>
    ${description ? words(description) : nothing} ${needs(operation)}
    ${
      parameters.length === 0
        ? nothing
        : html`<h4>Parameters</h4>
            <ul class="fields">
              ${parameters.map(
                (each) =>
                  html`<li>
                    <code>${each.name}</code>${each.required ? '' : html`<span class="optional">optional</span>`}
                    <span class="type">${each.in} · ${each.schema ? typeOf(each.schema, schemas) : ''}</span>
                    ${each.description ? html`<span class="note">${inline(each.description)}</span>` : nothing}
                  </li>`,
              )}
            </ul>`
    }
    ${
      requestBody
        ? html`<h4>Body</h4>
            ${Object.entries(requestBody.content).map(show)}`
        : nothing
    }
    ${good.map(
      ([status, { description: said, content = {} }]) =>
        html`<h4>${status}</h4>
          <p>${inline(said)}</p>
          ${Object.entries(content).map(show)}`,
    )}
    <h4>Refusals</h4>
    <ul class="refusals">
      ${refused.flatMap(([status, { description: said }]) =>
        said.split('\n\n').map((line) => html`<li><b>${status}</b> <span>${inline(line)}</span></li>`),
      )}
    </ul>
  </details>`
}

function needs({ security = [] }: Operation): Html {
  const names = security.flatMap((each) => Object.keys(each))
  if (names.length === 0) return nothing
  const isOptional = security.some((each) => Object.keys(each).length === 0)
  const way = names.includes('bearer') ? 'an access token in Authorization: Bearer' : 'a signature by a partner’s key'
  return html`<p class="needs">${isOptional ? 'Takes' : 'Needs'} ${way}.</p>`
}
