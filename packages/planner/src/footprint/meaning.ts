import { canonicalJson } from '@conduct/core'

import type { Operation } from '../model/operation.ts'

/**
 * The same text for two operations that mean the same change, wherever they stand and whatever they call an index or a
 * constraint: two branches that add one index under two names do one thing twice.
 */
export function meaningOf(operation: Operation): string {
  const { place: _place, confidence: _confidence, ...body } = operation
  switch (body.kind) {
    case 'create_index':
    case 'add_foreign_key':
    case 'add_constraint':
      return canonicalJson({ ...body, name: undefined, isConcurrent: undefined, ifNotExists: undefined })
    case 'create_table':
    case 'add_column':
    case 'add_enum_value':
      return canonicalJson({ ...body, ifNotExists: undefined })
    default:
      return canonicalJson({ ...body, ifExists: undefined, isLenient: undefined })
  }
}
