import type { RailsReader } from '../readers/rails/read-rails.ts'
import { applyOperations } from '../schema/apply.ts'
import { emptySchema, type Schema } from '../schema/schema.ts'
import type { SchemaLayout } from './read-layout.ts'
import type { Statement } from './statement.ts'

export type SideName = 'base' | 'ours' | 'theirs' | 'merged'

export interface MergeProblem {
  readonly side: SideName
  readonly line: number | null
  readonly problem: string
}

export interface SideSchema {
  readonly schema: Schema | null
  readonly problems: readonly MergeProblem[]
  /** What is spelled out and says nothing that the reader knows: kept as text, as long as nothing is taken from under it. */
  readonly kept: readonly MergeProblem[]
}

export function schemaOf(
  reader: RailsReader,
  { side, text, layout }: { readonly side: SideName; readonly text: string; readonly layout: SchemaLayout },
): SideSchema {
  const { operations } = reader.readSchema({ file: 'schema.rb', text })
  const others = layout.statements.filter((each) => each.group === 'other')
  const problems: MergeProblem[] = []
  const kept: MergeProblem[] = []
  const read = operations.filter((operation) => {
    if (operation.confidence === 'exact') return true
    const { line } = operation.place
    const reason =
      operation.kind === 'opaque' ? operation.reason : `${operation.kind} is ${operation.confidence}`
    const other = others.find((each) => each.line <= line && line <= each.lastLine)
    if (other === undefined) problems.push({ side, line, problem: reason })
    else kept.push({ side, line, problem: `${other.key} is not read` })
    return false
  })
  for (const list of [layout.statements, ...layout.statements.map(({ table }) => table?.statements ?? [])]) {
    problems.push(...twice(list).map(({ key, line }) => ({ side, line, problem: `${key} is there twice` })))
  }
  const applied = applyOperations(emptySchema, read)
  if (applied.outcome === 'refused') {
    if (problems.length === 0) problems.push({ side, line: applied.place.line, problem: applied.problem })
    return { schema: null, problems, kept }
  }
  return { schema: applied.schema, problems, kept }
}

function twice(list: readonly Statement[]): readonly Statement[] {
  return list.filter(({ key }, at) => list.findIndex((each) => each.key === key) < at)
}
