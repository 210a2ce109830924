/** The OpenAPI document as far as it is read here: what is shown at /docs, and what is tried by tests. */
export type OpenApiDocument = Readonly<{
  openapi: string
  info: Readonly<{ title: string; description: string }>
  tags: readonly Readonly<{ name: string; description: string }>[]
  paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>
  components: Readonly<{ schemas: Readonly<Record<string, JsonSchema>> }>
}>

export type Operation = Readonly<{
  method: string
  path: string
  operationId?: string
  tags?: readonly string[]
  summary?: string
  description?: string
  security?: readonly Readonly<Record<string, unknown>>[]
  parameters?: readonly Parameter[]
  requestBody?: Readonly<{ required?: boolean; content: Readonly<Record<string, Content>> }>
  responses: Readonly<Record<string, Readonly<{ description: string; content?: Readonly<Record<string, Content>> }>>>
}>

export type Parameter = Readonly<{
  name: string
  in: string
  required?: boolean
  description?: string
  schema?: JsonSchema
  example?: unknown
}>

export type Content = Readonly<{ schema?: JsonSchema; example?: unknown; examples?: unknown }>

export type JsonSchema = Readonly<{
  $ref?: string
  type?: string | readonly string[]
  description?: string
  format?: string
  pattern?: string
  enum?: readonly unknown[]
  const?: unknown
  default?: unknown
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
  items?: JsonSchema
  additionalProperties?: JsonSchema | boolean
  anyOf?: readonly JsonSchema[]
  oneOf?: readonly JsonSchema[]
  allOf?: readonly JsonSchema[]
  example?: unknown
  examples?: readonly unknown[]
}>

/** All operations, in the order of the document. */
export function operationsOf({ paths }: OpenApiDocument): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      Object.assign({ method: method.toUpperCase(), path }, operation),
    ),
  )
}
