import { z } from 'zod'

/**
 * Lets the OpenAPI document say of fields that may be left out, but not be undefined, that they are optional. Its generator asks each
 * field whether it takes undefined; how a value is read is left as it was.
 */
export function sayWhatIsOptional(schema: z.core.$ZodType, seen = new Set<z.core.$ZodType>()): void {
  if (seen.has(schema)) return
  seen.add(schema)
  if (schema instanceof z.ZodExactOptional) takeUndefined(schema)
  for (const part of partsOf(schema)) sayWhatIsOptional(part, seen)
}

function takeUndefined(schema: z.ZodExactOptional): void {
  const safeParse = schema.safeParse.bind(schema)
  schema.safeParse = (value, params) =>
    value === undefined ? { success: true, data: undefined as never } : safeParse(value, params)
}

function partsOf(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodObject) return Object.values(schema.shape)
  if (schema instanceof z.ZodArray) return [schema.element]
  if (schema instanceof z.ZodUnion) return schema.options
  if (schema instanceof z.ZodRecord) return [schema.valueType]
  if (schema instanceof z.ZodPipe) return [schema.in, schema.out]
  const isWrapped =
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  return isWrapped ? [schema.def.innerType] : []
}
