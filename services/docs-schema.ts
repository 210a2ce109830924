import { html } from 'hono/html'
import { inline, nothing, type Html } from './docs-words.ts'
import type { JsonSchema, OpenApiDocument } from './document.ts'

type Schemas = OpenApiDocument['components']['schemas']

const REF = '#/components/schemas/'
/** Objects within objects that are shown where they stand. */
const DEPTH_MAX = 4

/** The fields of an object, each with its type and what is to be known of it; of anything else its type. */
export function schemaTable(schema: JsonSchema, schemas: Schemas): Html {
  const fields = fieldsOf(schema, schemas, 0)
  return fields === undefined ? html`<p class="type">${typeOf(schema, schemas)}</p>` : fields
}

function fieldsOf(given: JsonSchema, schemas: Schemas, depth: number): Html | undefined {
  const schema = resolved(given, schemas)
  const inner = schema.items ? resolved(schema.items, schemas) : schema
  const variants = (inner.anyOf ?? inner.oneOf ?? []).filter(({ type }) => type !== 'null')
  if (depth > DEPTH_MAX) return undefined
  if (inner.properties) return fieldList(inner, schemas, depth)
  const shown = variants.flatMap((each) => fieldsOf(each, schemas, depth) ?? [])
  if (shown.length === 0) return undefined
  return html`${shown.map((each, nth) =>
    nth === 0
      ? each
      : html`<p class="or">or</p>
          ${each}`,
  )}`
}

function fieldList({ properties = {}, required = [] }: JsonSchema, schemas: Schemas, depth: number): Html {
  const rows = Object.entries(properties).map(([name, schema]) => {
    const { description = resolved(schema, schemas).description } = schema
    return html`<li>
      <code>${name}</code>${required.includes(name) ? '' : html`<span class="optional">optional</span>`}
      <span class="type">${typeOf(schema, schemas)}</span>
      ${description ? html`<span class="note">${inline(description)}</span>` : nothing}
      ${fieldsOf(schema, schemas, depth + 1) ?? nothing}
    </li>`
  })
  return html`<ul class="fields">
    ${rows}
  </ul>`
}

/** What a value may be, in a few words. */
export function typeOf(given: JsonSchema, schemas: Schemas): string {
  const schema = resolved(given, schemas)
  const variants = schema.anyOf ?? schema.oneOf
  if (variants) return [...new Set(variants.map((each) => typeOf(each, schemas)))].join(' or ')
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' · ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.items) return `list of ${typeOf(schema.items, schemas)}`
  if (typeof schema.additionalProperties === 'object') return `by name: ${typeOf(schema.additionalProperties, schemas)}`
  return [[schema.type ?? 'anything'].flat().join(' or '), schema.format ?? '', boundsOf(schema)]
    .filter(Boolean)
    .join(' ')
}

function boundsOf({ minimum, maximum, minLength, maxLength, default: usual }: JsonSchema): string {
  const between = (least: number | undefined, most: number | undefined, unit: string): string => {
    const isBounded = most !== undefined && most < Number.MAX_SAFE_INTEGER
    if (!isBounded) return least === undefined || least <= Number.MIN_SAFE_INTEGER ? '' : `from ${least}${unit}`
    return least === undefined || least <= Number.MIN_SAFE_INTEGER ? `to ${most}${unit}` : `${least} … ${most}${unit}`
  }
  const length = between(minLength, maxLength, ' characters')
  const value = between(minimum, maximum, '')
  return [length, value, usual === undefined ? '' : `(${JSON.stringify(usual)})`].filter(Boolean).join(' ')
}

function resolved(schema: JsonSchema, schemas: Schemas): JsonSchema {
  if (schema.$ref?.startsWith(REF)) return schemas[schema.$ref.slice(REF.length)] ?? schema
  const [only, ...others] = schema.allOf ?? []
  return only && others.length === 0 ? resolved(only, schemas) : schema
}
