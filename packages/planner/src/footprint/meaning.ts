import { canonicalJson } from '@conduct/core'

import type { Operation } from '../model/operation.ts'

/** How a change is carried out, and where it is written, is no part of what it means. */
const manners = new Set([
  'place',
  'manner',
  'confidence',
  'ifExists',
  'ifNotExists',
  'isLenient',
  'isConcurrent',
  'isInline',
])
const nameless = new Set<Operation['kind']>(['create_index', 'add_foreign_key', 'add_constraint'])

/**
 * The same text for two operations that mean the same change, wherever they stand and whatever they call an index or a
 * constraint: two branches that add one index under two names do one thing twice.
 */
export function meaningOf(operation: Operation): string {
  const parts = Object.entries(operation).filter(
    ([key]) => !manners.has(key) && !(key === 'name' && nameless.has(operation.kind)),
  )
  return canonicalJson(Object.fromEntries(parts))
}
