import slice from './fixtures/openapi-slice.json' with { type: 'json' }

/**
 * GitHub's published schemas, as far as the double answers with them. What our code reads is written out by the
 * double; the fields that only have to be there for an answer to be one of GitHub's are filled in from the schema.
 */
export interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
}

interface Slice {
  readonly operations: Readonly<
    Record<
      string,
      {
        readonly method: string
        readonly path: string
        readonly answers: Readonly<Record<string, Schema | null>>
        readonly statuses: readonly string[]
      }
    >
  >
  readonly $defs: Readonly<Record<string, Schema>>
}

export const openapi = slice as unknown as Slice

export type Fields = Readonly<Record<string, unknown>>

/** The answer of an operation, complete; what the double says itself wins. */
export function completeAnswer(operation: string, status: number, body: unknown): unknown {
  const schema = openapi.operations[operation]?.answers[String(status)]
  return schema === undefined || schema === null ? body : complete(schema, body)
}

function complete(schema: Schema, value: unknown): unknown {
  const plain = resolve(schema, value)
  if (Array.isArray(value)) return value.map((item) => complete(plain.items ?? {}, item))
  if (!isFields(value)) return value
  const whole: Record<string, unknown> = {}
  for (const [name, property] of Object.entries(plain.properties ?? {})) {
    if (name in value) whole[name] = complete(property, value[name])
    else if (plain.required?.includes(name) === true) whole[name] = filler(property)
  }
  return { ...value, ...whole }
}

/** Follows references, and of several forms takes the one that knows most of the value's fields. */
function resolve(schema: Schema, value: unknown): Schema {
  if (schema.$ref !== undefined) return resolve(definition(schema.$ref), value)
  if (schema.allOf !== undefined) {
    const parts = schema.allOf.map((part) => resolve(part, value))
    return {
      ...schema,
      properties: Object.assign({}, schema.properties, ...parts.map((part) => part.properties)) as Record<
        string,
        Schema
      >,
      required: [...(schema.required ?? []), ...parts.flatMap((part) => part.required ?? [])],
    }
  }
  if (schema.anyOf === undefined) return schema
  const forms = schema.anyOf.map((form) => resolve(form, value))
  const wanted = isFields(value) ? Object.keys(value) : []
  const fits = (form: Schema): number => {
    const type = form.properties?.['type']?.enum
    if (type !== undefined && isFields(value) && !type.includes(value['type'])) return -1
    return wanted.filter((name) => form.properties !== undefined && name in form.properties).length
  }
  return forms.toSorted((a, b) => fits(b) - fits(a))[0] ?? {}
}

function filler(schema: Schema): unknown {
  const plain = schema.$ref === undefined ? schema : definition(schema.$ref)
  if (plain.anyOf?.some((form) => form.type === 'null') === true) return null
  const resolved = resolve(plain, {})
  if (resolved.enum !== undefined) return resolved.enum[0]
  const type = Array.isArray(resolved.type) ? 'null' : resolved.type
  switch (type ?? 'object') {
    case 'null':
      return null
    case 'boolean':
      return false
    case 'integer':
    case 'number':
      return 0
    case 'array':
      return []
    case 'string':
      if (resolved.format === 'uri') return 'https://github.example/'
      return resolved.format === 'date-time' ? '2026-01-01T00:00:00Z' : ''
    default:
      return complete(resolved, {})
  }
}

function definition(reference: string): Schema {
  const name = reference.replace('#/$defs/', '')
  const found = openapi.$defs[name]
  if (found === undefined) throw new Error(`the slice of GitHub's schemas has no ${name}`)
  return found
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
