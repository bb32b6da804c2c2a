/**
 * Two versions of a `schema.rb` and the one they come from → the one that has the changes of both, or why there is none.
 *
 * Promise: the merged text, read again, is the schema that the changes of both sides lead to, whichever comes first, and what
 * neither changed keeps its bytes. What cannot be shown is refused: what is not spelled out, what both changed, what one side
 * builds on what the other takes away.
 * Not promised: the order of columns that two unmerged databases had; the side with the older version is taken to have run first.
 */
import { loadPrism } from '../readers/rails/ruby/load-prism.ts'
import { loadRailsReader } from '../readers/rails/load-rails-reader.ts'
import { mergeObjects, nameOf, type ObjectChange } from './merge-objects.ts'
import { mergeStatements, type Clash } from './merge-statements.ts'
import { schemaOf, type MergeProblem, type SideName, type SideSchema } from './read-side.ts'
import { mergeFrame } from './merge-frame.ts'
import { readLayout, type LayoutRead, type SchemaLayout } from './read-layout.ts'
import { schemaLines } from '../schema/schema.ts'

export type { MergeProblem, SideName } from './read-side.ts'

export interface SchemaTexts {
  readonly base: string
  readonly ours: string
  readonly theirs: string
}

export type SchemaMerge =
  | {
      readonly outcome: 'merged'
      readonly text: string
      /** `adds column orders.note`, by side. */
      readonly ours: readonly string[]
      readonly theirs: readonly string[]
      readonly version: string | null
    }
  | { readonly outcome: 'refused'; readonly problems: readonly MergeProblem[] }

export type MergeSchemas = (texts: SchemaTexts) => SchemaMerge

/** @throws ConductError READER_MISSING  a parser is not installed. */
export async function loadSchemaMerger(): Promise<MergeSchemas> {
  const [reader, parse] = await Promise.all([loadRailsReader(), loadPrism()])
  return (texts) => {
    const lineEnd = lineEndOf(texts)
    if (typeof lineEnd !== 'string') return refused([lineEnd])
    const of = (text: string): string => text.replaceAll('\r\n', '\n')
    const layouts = sides.map((side) => ({ side, read: readLayout(parse, of(texts[side])) }))
    const unread = layouts.flatMap(({ side, read }) => problemsOf(side, read))
    const [base, ours, theirs] = layouts.flatMap(({ read }) => (read.outcome === 'read' ? [read.layout] : []))
    if (unread.length > 0 || base === undefined || ours === undefined || theirs === undefined) {
      return refused(unread)
    }
    const schemas = sides.map((side, at) =>
      schemaOf(reader, { side, text: of(texts[side]), layout: [base, ours, theirs][at] ?? base }),
    )
    const merge = mergeRead({ base, ours, theirs }, schemas)
    if (merge.outcome === 'refused') return merge
    const again = readLayout(parse, merge.text)
    const problem = again.outcome === 'refused' ? again.problem : null
    const proved =
      again.outcome === 'refused'
        ? null
        : schemaOf(reader, { side: 'merged', text: merge.text, layout: again.layout })
    const difference = problem ?? differenceOf(proved, merge.lines)
    if (difference !== null) return refused([{ side: 'merged', line: null, problem: difference }])
    const { lines: _lines, ...result } = merge
    return { ...result, text: lineEnd === '\r\n' ? merge.text.replaceAll('\n', '\r\n') : merge.text }
  }
}

const sides = ['base', 'ours', 'theirs'] as const

function refused(problems: readonly MergeProblem[]): Extract<SchemaMerge, { outcome: 'refused' }> {
  return { outcome: 'refused', problems }
}

function problemsOf(side: SideName, read: LayoutRead): readonly MergeProblem[] {
  return read.outcome === 'refused' ? [{ side, line: read.line, problem: read.problem }] : []
}

type Unproved =
  | (Extract<SchemaMerge, { outcome: 'merged' }> & { readonly lines: readonly string[] })
  | Extract<SchemaMerge, { outcome: 'refused' }>

function mergeRead(
  { base, ours, theirs }: Readonly<Record<(typeof sides)[number], SchemaLayout>>,
  schemas: readonly SideSchema[],
): Unproved {
  const unread = schemas.flatMap((each) => each.problems)
  const [one, two, three] = schemas.flatMap((each) => each.schema ?? [])
  if (unread.length > 0 || one === undefined || two === undefined || three === undefined)
    return refused(unread)
  const objects = mergeObjects(one, two, three)
  const opaque = schemas.flatMap((each) => each.kept)
  const destructive = [...objects.ours, ...objects.theirs].find((each) => each.kind !== 'adds')
  const [kept] = opaque
  if (kept !== undefined && destructive !== undefined) {
    const { kind, object } = destructive
    const what = `${nameOf(object)}, which one side ${kind}`
    return refused([{ ...kept, problem: `${kept.problem}, and may stand on ${what}` }])
  }
  const frame = mergeFrame({ base, ours, theirs })
  if (frame.outcome === 'refused') return refused(frame.problems)
  const clashes: Clash[] = []
  const isOursFirst = frame.isOursFirst
  const [first, second] = isOursFirst ? [ours, theirs] : [theirs, ours]
  const body = mergeStatements(
    { base: base.statements, first: first.statements, second: second.statements },
    { clashes, oursIs: isOursFirst ? 'first' : 'second', areColumnsSorted: (ours.rails ?? 0) >= 8.1 },
  )
  const said = new Set(clashes.map((each) => each.problem))
  const further = clashes.length > 0 ? [] : objects.problems.filter((each) => !said.has(each))
  const problems = [
    ...clashes,
    ...further.map((problem) => ({ side: 'merged' as const, line: null, problem })),
  ]
  if (problems.length > 0) return refused(problems)
  return {
    outcome: 'merged',
    text: `${frame.before}${body}${frame.after}`,
    ours: objects.ours.flatMap(toldOf(objects.ours)),
    theirs: objects.theirs.flatMap(toldOf(objects.theirs)),
    version: frame.version,
    lines: schemaLines(objects.schema),
  }
}

/** A new table is told without its parts, and so is one that is gone. */
function toldOf(all: readonly ObjectChange[]): (change: ObjectChange) => readonly string[] {
  const tables = new Set(
    all.flatMap(({ kind, object }) => (object.kind === 'table' && kind !== 'changes' ? object.path : [])),
  )
  return ({ kind, object }) => {
    const isPart = object.table !== undefined && tables.has(object.table)
    const isMadeUp = object.kind === 'sequence' || object.value['ofConstraint'] === true
    return isPart || isMadeUp ? [] : [`${kind} ${nameOf(object)}`]
  }
}

function differenceOf(proved: SideSchema | null, expected: readonly string[]): string | null {
  const [problem] = proved?.problems ?? []
  if (problem !== undefined) return problem.problem
  const reached = proved?.schema === undefined || proved.schema === null ? [] : schemaLines(proved.schema)
  const [missing] = expected.filter((line) => !reached.includes(line))
  const [extra] = reached.filter((line) => !expected.includes(line))
  if (missing !== undefined) return `the merged text would not have: ${missing}`
  return extra === undefined ? null : `the merged text would have: ${extra}`
}

/** The one that all have, or that the one side has which changed it. */
function lineEndOf({ base, ours, theirs }: SchemaTexts): '\n' | '\r\n' | MergeProblem {
  const found = Object.entries({ base, ours, theirs }).map(([side, text]) => {
    const all = text.match(/\r?\n/g) ?? []
    const crlf = all.filter((each) => each === '\r\n').length
    return { side: side as SideName, crlf, of: all.length }
  })
  const mixed = found.find(({ crlf, of }) => crlf !== 0 && crlf !== of)
  if (mixed !== undefined) {
    return { side: mixed.side, line: null, problem: 'some of its lines end with CRLF and some with LF' }
  }
  const [before, one, other] = found.map(({ crlf }) => (crlf > 0 ? '\r\n' : '\n'))
  return (one === before ? other : one) ?? '\n'
}
