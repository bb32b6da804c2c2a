import { argumentOf, attributeOf, columnName, quoted, textIn } from './column.ts'
import type { Block } from './parse-schema.ts'

export interface ModelShape {
  readonly block: Block
  /** With its schema unless that is the default one, as operations name it. */
  readonly table: string
  /** Without its schema: what generated names begin with. */
  readonly bare: string
  readonly sql: string
  /** Of a field. @returns null when the model has none of that name. */
  readonly columnOf: (field: string) => string | null
}

export function modelShape(block: Block): ModelShape {
  const bare = textIn(argumentOf(attributeOf(block, 'map'), 'name', 0)) ?? block.name
  const given = textIn(argumentOf(attributeOf(block, 'schema'), 'name', 0))
  const schema = given === null || given === 'public' ? [] : [given]
  const columns = new Map(block.fields.map((each) => [each.name, columnName(each)]))
  return {
    block,
    table: [...schema, bare].join('.'),
    bare,
    sql: [...schema, bare].map(quoted).join('.'),
    columnOf: (field) => columns.get(field) ?? null,
  }
}

const nameLengthMax = 63

/** `Order_state_idx`, cut as Prisma does where Postgres has no room for it. */
export function generatedName(bare: string, columns: readonly string[], suffix: string): string {
  return `${[bare, ...columns].join('_').slice(0, nameLengthMax - suffix.length - 1)}_${suffix}`
}
