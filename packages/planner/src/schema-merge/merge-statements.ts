/** Two versions of a list of statements into one text: what nobody changed keeps its bytes. */
import { mergeColumn, realign } from './merge-column.ts'
import { isSortedList, mergeKeys, type Sides } from './merge-list.ts'
import {
  meaningOf,
  statementGroups,
  type Statement,
  type StatementGroup,
  type TableBody,
} from './statement.ts'

export interface Clash {
  /** A line of the side that is merged in, or of ours where that one has none. */
  readonly side: 'ours' | 'theirs'
  readonly line: number
  readonly problem: string
}

export interface Merging {
  readonly clashes: Clash[]
  /** Which of the two is ours, for what is told. */
  readonly oursIs: 'first' | 'second'
  /** Rails sorts the columns of its dumps from 8.1 on. */
  readonly areColumnsSorted: boolean
}

type Lists = Sides<readonly Statement[]>
type One = Sides<Statement | undefined>

export function mergeStatements(lists: Lists, merging: Merging): string {
  const merged = groupsOf(lists).flatMap((group) => mergeGroup(only(lists, group), group, merging))
  return withLeads(merged, lists)
}

function mergeGroup(lists: Lists, group: StatementGroup | null, merging: Merging): readonly Statement[] {
  const all = [lists.base, lists.first, lists.second]
  const isSorted =
    group === 'column'
      ? merging.areColumnsSorted
      : group !== null && group !== 'other' && all.every(isSortedList)
  const keys = mergeKeys(lists, { isSorted, isRename })
  const find = (list: readonly Statement[], key: string): Statement | undefined =>
    list.find((each) => each.key === key)
  for (const base of lists.base) {
    if (!keys.includes(base.key)) {
      checkRemoved(
        { base, first: find(lists.first, base.key), second: find(lists.second, base.key) },
        merging,
      )
    }
  }
  return keys.flatMap((key) => {
    const one = {
      base: find(lists.base, key),
      first: find(lists.first, key),
      second: find(lists.second, key),
    }
    return mergeOne(one, merging) ?? []
  })
}

function mergeOne({ base, first, second }: One, merging: Merging): Statement | null {
  if (first === undefined || second === undefined) return first ?? second ?? null
  const [one, other] = [meaningOf(first), meaningOf(second)]
  if (base === undefined) {
    if (one === other) return first
    return clash(merging, { first, second }, `both sides add ${first.key}, and not the same`)
  }
  const before = meaningOf(base)
  if (one === other) return first.text === base.text ? second : first
  if (one === before) return second
  if (other === before) return first
  if (base.table !== null && first.table !== null && second.table !== null) {
    return mergeTable({ base, first, second }, merging)
  }
  const column = base.group === 'column' ? mergeColumn({ base, first, second }) : null
  return column ?? clash(merging, { first, second }, `both sides change ${base.key}, and not to the same`)
}

function checkRemoved({ base, first, second }: One, merging: Merging): void {
  const left = first ?? second
  if (left === undefined || base === undefined || meaningOf(left) === meaningOf(base)) return
  clash(merging, { first, second }, `one side removes ${base.key}, and the other changes it`)
}

function clash({ clashes, oursIs }: Merging, { first, second }: Omit<One, 'base'>, problem: string): null {
  const [ours, theirs] = oursIs === 'first' ? [first, second] : [second, first]
  clashes.push({ side: theirs === undefined ? 'ours' : 'theirs', line: (theirs ?? ours)?.line ?? 1, problem })
  return null
}

function mergeTable(sides: Sides<Statement>, merging: Merging): Statement | null {
  const { base, first, second } = sides
  const [before, one, other] = [base, first, second].map((each) => meaningOf({ ...each, table: null }))
  if (one !== other && one !== before && other !== before) {
    return clash(merging, { first, second }, `both sides change the options of ${base.key}`)
  }
  const changed = one === before ? second : first
  const lists = { base: bodyOf(base), first: bodyOf(first), second: bodyOf(second) }
  const body = mergeStatements(lists, merging)
  const text = `${changed.table?.opening ?? ''}${body}${changed.table?.closing ?? ''}`
  return { ...changed, text }
}

function bodyOf({ table }: { readonly table: TableBody | null }): readonly Statement[] {
  return table?.statements ?? []
}

/** A column that has another's place and all of it but its name. */
function isRename(removed: Statement, added: Statement): boolean {
  return meaningOf({ ...removed, given: [] }) === meaningOf({ ...added, given: [] })
}

function only({ base, first, second }: Lists, group: StatementGroup | null): Lists {
  const of = (list: readonly Statement[]): readonly Statement[] =>
    group === null ? list : list.filter((each) => each.group === group)
  return { base: of(base), first: of(first), second: of(second) }
}

/** In the order of a dump; a file that has another order is one list (null). */
function groupsOf({ base, first, second }: Lists): readonly (StatementGroup | null)[] {
  const rank = ({ group }: Statement): number => statementGroups.indexOf(group)
  const isDumped = [base, first, second].every((list) =>
    list.every((each, at) => at === 0 || rank(list[at - 1] ?? each) <= rank(each)),
  )
  return isDumped ? statementGroups : [null]
}

/** Blank lines and comments stay where the same two statements still follow each other. */
function withLeads(merged: readonly Statement[], lists: Lists): string {
  const sources = [lists.first, lists.second, lists.base]
  const said = new Set<string>()
  const columns = merged.filter((each) => each.group === 'column')
  const aligned = realign(columns, [...lists.first, ...lists.second, ...lists.base])
  return merged
    .map((each, at) => {
      const lead = leadOf(each, merged[at - 1], sources)
      const comment = lead.trim()
      const kept = comment !== '' && said.has(comment) ? '' : lead
      said.add(comment)
      return kept + (aligned.get(each.key) ?? each.text)
    })
    .join('')
}

function leadOf(
  each: Statement,
  previous: Statement | undefined,
  sources: readonly (readonly Statement[])[],
): string {
  for (const source of sources) {
    const at = source.findIndex(({ key }) => key === each.key)
    if (at !== -1 && source[at - 1]?.key === previous?.key) return source[at]?.lead ?? ''
  }
  const isSameKind = previous === undefined || (previous.method === each.method && each.table === null)
  const isInTable = statementGroups.indexOf(each.group) >= statementGroups.indexOf('column')
  const blank = isSameKind || isInTable ? '' : '\n'
  const comment = each.lead.trim()
  return comment === '' ? blank : each.lead
}
