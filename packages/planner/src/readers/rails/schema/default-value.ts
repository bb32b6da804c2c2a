import type { DefaultValue } from '../../../model/operation.ts'
import { callBlock } from '../ruby/invoke.ts'
import { textOf } from '../ruby/literals.ts'
import type { Machine } from '../ruby/machine.ts'
import type { RubyNode } from '../ruby/node.ts'
import type { Value } from '../ruby/value.ts'

const integerTypes = /^(smallint|integer|bigint|int|tinyint|mediumint|serial|bigserial)/
const numberTypes = /^(numeric|decimal|float|float8|money)/

/** `default: nil` and no default at all are the same; a default that is not known is still one. */
export function defaultOf(
  machine: Machine,
  value: Value | undefined,
  { type, node }: { type: string; node: RubyNode },
): DefaultValue | null {
  if (value === undefined || value.type === 'nil') return null
  if (value.type === 'block') {
    const text = textOf(callBlock(machine, value, [], { node }))
    return text === null ? unknownDefault : expressionDefault(machine, text)
  }
  if (type === 'uuid' && value.type === 'string' && value.text?.includes('()') === true) {
    return expressionDefault(machine, value.text)
  }
  const text = literalOf(value, type)
  return text === null ? unknownDefault : { volatility: 'constant', text }
}

export const unknownDefault: DefaultValue = { volatility: 'unknown', text: '?' }

/** As the SQL reader reads it, so that two languages agree about one default. */
export function expressionDefault({ setting }: Machine, expression: string): DefaultValue {
  const sql = `ALTER TABLE t ALTER COLUMN c SET DEFAULT ${expression}`
  const [operation] = setting.sql({ file: '', text: sql }).operations
  const read = operation?.kind === 'set_default' ? operation.default : null
  return read ?? { volatility: 'unknown', text: expression }
}

/** One text for what the column's type makes of it: 0, "0" and 0.0 are one default of a number. */
function literalOf(value: Value, type: string): string | null {
  if (value.type === 'array' || value.type === 'hash') return containerText(value)
  const text = value.type === 'nil' ? null : textOf(value)
  if (text === null) return null
  if (type.endsWith('[]')) return text === '{}' ? '[]' : `'${text}'`
  if (type.startsWith('json') && (text === '{}' || text === '[]')) return text
  if (type === 'boolean' || type === 'tinyint(1)') return /^(t|true|1|on)$/i.test(text) ? 'true' : 'false'
  if (integerTypes.test(type) || numberTypes.test(type)) {
    if (value.type === 'boolean') return value.isTrue ? '1' : '0'
    const number = Number(text)
    return text === '' || Number.isNaN(number)
      ? `'${text}'`
      : String(integerTypes.test(type) ? Math.trunc(number) : number)
  }
  return `'${text}'`
}

function containerText(value: Value): string | null {
  if (value.type === 'array') {
    const items = value.items?.map(containerText)
    return items === undefined || items.includes(null) ? null : `[${items.join(',')}]`
  }
  if (value.type === 'hash') {
    const entries = value.entries?.map(([key, each]) => {
      const parts = [containerText(key), containerText(each)]
      return parts.includes(null) ? null : parts.join(':')
    })
    return entries === undefined || entries.includes(null) ? null : `{${entries.join(',')}}`
  }
  const text = value.type === 'nil' ? 'null' : textOf(value)
  return text === null
    ? null
    : value.type === 'string' || value.type === 'symbol'
      ? JSON.stringify(text)
      : text
}
