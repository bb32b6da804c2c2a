import { describe, expect, it } from 'vitest'

import type { Operation, OperationBody } from '../model/operation.ts'
import { resourceKey } from '../model/resource.ts'
import { footprintOf } from './footprint.ts'

const at = (body: OperationBody): Operation => ({
  ...body,
  confidence: 'exact',
  place: { file: 'a.sql', line: 1 },
})
const touches = (body: OperationBody): string[] =>
  footprintOf(at(body)).map((touch) => `${touch.mode} ${resourceKey(touch.resource)}`)

describe('a footprint', () => {
  it('of an index names its table, its columns and the name that the server would make up', () => {
    const found = touches({
      kind: 'create_index',
      table: 'sales.orders',
      elements: ['state'],
      columns: ['state'],
      isUnique: false,
      method: 'btree',
      isConcurrent: false,
      ifNotExists: false,
    })

    expect(found).toEqual([
      'use relation:sales.orders',
      'use column:sales.orders.state',
      'create relation:sales.orders_state_idx',
    ])
  })

  it('of a rename is a drop and a create', () => {
    expect(touches({ kind: 'rename_column', table: 'orders', column: 'state', to: 'status' })).toEqual([
      'use relation:orders',
      'drop column:orders.state',
      'create column:orders.status',
    ])
  })

  it('of a column of an own type uses the type, through arrays and modifiers', () => {
    const column = { name: 'tags', type: 'citext[]', nullable: true }

    expect(touches({ kind: 'add_column', table: 'orders', column, ifNotExists: false })).toContain(
      'use type:citext',
    )
  })

  it('of what could not be read may be anything', () => {
    expect(touches({ kind: 'opaque', reason: 'send', touches: 'anything' })).toEqual(['unknown relation:*'])
  })
})
