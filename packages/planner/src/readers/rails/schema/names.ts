import { createHash } from 'node:crypto'

/** Longer ones are shortened by Rails 7.1, so that every database takes them. */
const indexNameMax = 62

function hashOf(identifier: string): string {
  return createHash('sha256').update(identifier).digest('hex').slice(0, 10)
}

/** The name that Rails gives an index: `index_orders_on_shop_id_and_state`. */
export function indexNameOf(
  table: string,
  columns: readonly string[] | string,
  { isShortened }: { isShortened: boolean },
): string {
  const list = typeof columns === 'string' ? [columns.match(/\w+/g)?.join('_') ?? ''] : columns
  const name = `index_${table}_on_${list.join('_and_')}`
  if (!isShortened || Buffer.byteLength(name) <= indexNameMax) return name
  const hash = `_${hashOf(name)}`
  return `${`idx_on_${list.join('_')}`.slice(0, indexNameMax - hash.length)}${hash}`
}

export function foreignKeyNameOf(table: string, columns: readonly string[]): string {
  return `fk_rails_${hashOf(`${table}_${columns.join('_and_')}_fk`)}`
}

export function checkNameOf(table: string, expression: string): string {
  return `chk_rails_${hashOf(`${table}_${expression}_chk`)}`
}

export function exclusionNameOf(table: string, expression: string): string {
  return `excl_rails_${hashOf(`${table}_${expression}_excl`)}`
}

export function uniqueNameOf(table: string, columns: readonly string[]): string {
  // As Ruby prints a list.
  const list = columns.map((each) => JSON.stringify(each)).join(', ')
  return `uniq_rails_${hashOf(`${table}_[${list}]_unique`)}`
}

/** Of `music_artists` and `music_records`: `music_artists_records`. */
export function joinTableNameOf(one: string, other: string): string {
  const sorted = [one, other].toSorted().join('\0')
  return sorted.replace(/^(.*[._])(.+)\0\1(.+)/, '$1$2_$3').replaceAll('\0', '_')
}
