import type { Argument, Attribute, Field, Value } from './parse-schema.ts'

const scalars: Readonly<Record<string, string>> = {
  String: 'text',
  Boolean: 'boolean',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Decimal: 'decimal(65,30)',
  DateTime: 'timestamp(3)',
  Json: 'jsonb',
  Bytes: 'bytea',
}

/** `@db.…`: most are what they are called. */
const natives: Readonly<Record<string, string>> = { DoublePrecision: 'double precision', ByteA: 'bytea' }

export function attributeOf(field: Pick<Field, 'attributes'>, name: string): Attribute | undefined {
  return field.attributes.find((each) => each.name === name)
}

export function argumentOf(attribute: Attribute | undefined, name: string, at?: number): Value | undefined {
  const { args }: { readonly args: readonly Argument[] } = attribute ?? { args: [] }
  const unnamed = args.filter((each) => each.name === null)
  return (args.find((each) => each.name === name) ?? (at === undefined ? undefined : unnamed[at]))?.value
}

export function textIn(value: Value | undefined): string | null {
  return value?.type === 'text' ? value.text : null
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

export function quotedText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The name in the database. */
export function columnName(field: Field): string {
  return textIn(argumentOf(attributeOf(field, 'map'), 'name', 0)) ?? field.name
}

/** What an enum is called in SQL, and what its values are. */
export interface EnumShape {
  readonly sql: string
  readonly values: ReadonlyMap<string, string>
}

/** @returns `"name" type not null default …`; null for what is not known. */
export function columnDefinition(field: Field, enums: ReadonlyMap<string, EnumShape>): string | null {
  const given = attributeOf(field, 'default')
  const value = argumentOf(given, 'value', 0)
  const type = typeOf(field, enums)
  if (type === null) return null
  const isCounted = value?.type === 'call' && value.name === 'autoincrement'
  const serial = isCounted ? serials[type] : undefined
  if (isCounted && serial === undefined) return null
  const base = `${quoted(columnName(field))} ${serial ?? type}${field.isList ? '[]' : ''}`
  const nullability = field.isOptional || field.isList ? '' : ' not null'
  const written = value === undefined || isCounted ? '' : defaultText(field, value, { type, enums })
  return written === null ? null : `${base}${nullability}${written === '' ? '' : ` default ${written}`}`
}

const serials: Readonly<Record<string, string>> = {
  integer: 'serial',
  bigint: 'bigserial',
  smallint: 'smallserial',
}

function typeOf({ type, attributes }: Field, enums: ReadonlyMap<string, EnumShape>): string | null {
  if (type?.type === 'call') {
    return type.name === 'Unsupported' ? textIn(type.args[0]?.value) : null
  }
  const native = attributes.find((each) => each.name.startsWith('db.'))
  if (native !== undefined) {
    const name = native.name.slice('db.'.length)
    const sizes = native.args.flatMap(({ value }) => (value.type === 'number' ? [value.text] : []))
    return `${natives[name] ?? name.toLowerCase()}${sizes.length === 0 ? '' : `(${sizes.join(', ')})`}`
  }
  const name = type?.type === 'name' ? type.text : ''
  return enums.get(name)?.sql ?? (Object.hasOwn(scalars, name) ? (scalars[name] ?? null) : null)
}

/** Made by the client, and not by the server. */
const byClient = /^(?:cuid|uuid|ulid|nanoid|auto)$/

function defaultText(
  field: Field,
  value: Value,
  known: { readonly type: string; readonly enums: ReadonlyMap<string, EnumShape> },
): string | null {
  switch (value.type) {
    case 'text':
      return quotedText(value.text)
    case 'number':
      return value.text
    case 'name': {
      if (value.text === 'true' || value.text === 'false') return value.text
      const name = field.type?.type === 'name' ? field.type.text : ''
      const mapped = known.enums.get(name)?.values.get(value.text)
      return mapped === undefined ? null : quotedText(mapped)
    }
    case 'list': {
      const items = value.items.map((each) => defaultText(field, each, known))
      return items.includes(null) ? null : `array[${items.join(', ')}]::${known.type}[]`
    }
    case 'call':
      if (value.name === 'now') return 'CURRENT_TIMESTAMP'
      if (value.name === 'dbgenerated') return textIn(value.args[0]?.value) ?? ''
      return byClient.test(value.name) ? '' : null
    default:
      return value satisfies never
  }
}
