import type { FactKey } from '../facts/lookup.ts'
import type { Of } from '../footprint/touches.ts'

interface SizedType {
  readonly name: string
  readonly sizes: readonly number[]
}

/** Without the type before, or with an expression or a collation, it is taken to rewrite. */
export function typeChangeKey(before: string | undefined, change: Of<'change_type'>): FactKey {
  const rewriting = 'type_int_to_bigint'
  if (before === undefined || change.using !== undefined || change.collation !== undefined) return rewriting
  const [from, to] = [sizedType(before), sizedType(change.type)]
  if (from.name === 'varchar') {
    if (to.name === 'text') return 'type_varchar_to_text'
    if (to.name !== 'varchar') return rewriting
    const [was, will] = [from.sizes[0], to.sizes[0]]
    if (will === undefined) return 'type_varchar_unbounded'
    return was !== undefined && will >= was ? 'type_varchar_widen' : 'type_varchar_narrow'
  }
  if (from.name === 'text' && to.name === 'varchar') {
    return to.sizes.length === 0 ? 'type_varchar_unbounded' : 'type_text_to_varchar'
  }
  if (from.name === 'numeric' && to.name === 'numeric') {
    const [precision = 0, scale = 0] = from.sizes
    const [newPrecision = Number.POSITIVE_INFINITY, newScale = scale] = to.sizes
    const isWider = from.sizes.length > 0 && newPrecision >= precision && newScale === scale
    return isWider ? 'type_numeric_widen_precision' : 'type_numeric_change_scale'
  }
  // Whether it rewrites depends on the time zone of the session.
  if (from.name === 'timestamp' && to.name === 'timestamptz') return 'type_timestamp_to_timestamptz_nonutc'
  return rewriting
}

function sizedType(type: string): SizedType {
  const [name = '', sizes = ''] = type.split(/[()]/)
  const numbers = sizes.split(',').filter((each) => each.trim() !== '')
  return { name: sameTypes[name] ?? name, sizes: numbers.map(Number) }
}

const sameTypes: Readonly<Record<string, string>> = {
  string: 'varchar',
  decimal: 'numeric',
  'character varying': 'varchar',
}
