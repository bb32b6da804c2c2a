/**
 * What both sides made of one schema, object by object: what the merged file has to come to.
 *
 * Promise: an object is what the one side made of it that changed it. What both changed is refused, other than two fields of a
 * column that do not disturb each other; so is what one side built on what the other changed under it.
 */
import { canonicalJson } from '@conduct/core'

import { keyOf, type Schema, type SchemaObject } from '../schema/schema.ts'

export interface ObjectChange {
  readonly kind: 'adds' | 'removes' | 'changes'
  readonly object: SchemaObject
}

export interface MergedObjects {
  readonly schema: Schema
  readonly ours: readonly ObjectChange[]
  readonly theirs: readonly ObjectChange[]
  readonly problems: readonly string[]
}

export function mergeObjects(base: Schema, ours: Schema, theirs: Schema): MergedObjects {
  const objects = new Map<string, SchemaObject>()
  const problems: string[] = []
  for (const key of new Set([base, ours, theirs].flatMap((each) => [...each.objects.keys()]))) {
    const [before, one, other] = [base, ours, theirs].map((each) => each.objects.get(key) ?? undefined)
    const found = mergeObject({ before, one, other })
    if (found === 'clash') problems.push(clashOf(key, before, one !== undefined && other !== undefined))
    else if (found !== undefined) objects.set(key, found)
  }
  const changes = { ours: changesFrom(base, ours), theirs: changesFrom(base, theirs) }
  problems.push(...builtOnChanged(base, changes.ours, changes.theirs))
  problems.push(...builtOnChanged(base, changes.theirs, changes.ours))
  return { schema: { isComplete: true, objects }, ...changes, problems: [...new Set(problems)] }
}

type Found = SchemaObject | undefined

function mergeObject(given: { before: Found; one: Found; other: Found }): Found | 'clash' {
  const { before, one, other } = given
  if (isSame(one, other)) return one
  if (isSame(one, before)) return other
  if (isSame(other, before)) return one
  if (before?.kind !== 'column' || one === undefined || other === undefined) return 'clash'
  const value: Record<string, unknown> = {}
  for (const name of new Set([before, one, other].flatMap((each) => Object.keys(each.value)))) {
    const [was, mine, yours] = [before, one, other].map((each) => each.value[name])
    const isChanged = { mine: !isEqual(mine, was), yours: !isEqual(yours, was) }
    if (isChanged.mine && isChanged.yours && !isEqual(mine, yours)) return 'clash'
    if ((isChanged.mine || isChanged.yours) && !independentFields.has(name)) return 'clash'
    value[name] = isChanged.mine ? mine : yours
  }
  return { ...one, value }
}

/** A default is not asked for by NOT NULL, and the comment by nothing; whatever meets a change of type may not fit it. */
const independentFields = new Set(['default', 'nullable', 'comment'])

function isEqual(one: unknown, other: unknown): boolean {
  return canonicalJson({ it: one }) === canonicalJson({ it: other })
}

function isSame(one: Found, other: Found): boolean {
  if (one === undefined || other === undefined) return one === other
  const of = ({ table, columns, needs, value }: SchemaObject): unknown => ({
    table,
    columns,
    needs: needs?.toSorted(),
    value,
  })
  return isEqual(of(one), of(other))
}

function clashOf(key: string, before: Found, areBoth: boolean): string {
  if (before === undefined) return `both sides add ${key}, and not the same`
  return areBoth ? `both sides change ${key}` : `one side removes ${key}, and the other changes it`
}

export function changesFrom(base: Schema, side: Schema): readonly ObjectChange[] {
  return [...new Set([...base.objects.keys(), ...side.objects.keys()])].flatMap((key): ObjectChange[] => {
    const [before, after] = [base.objects.get(key) ?? undefined, side.objects.get(key) ?? undefined]
    if (isSame(before, after)) return []
    if (after === undefined) return before === undefined ? [] : [{ kind: 'removes', object: before }]
    return [{ kind: before === undefined ? 'adds' : 'changes', object: after }]
  })
}

/** What one side adds on a column or a type that the other gives another meaning. */
function builtOnChanged(
  base: Schema,
  changes: readonly ObjectChange[],
  others: readonly ObjectChange[],
): readonly string[] {
  const changed = changes.filter(
    ({ kind, object }) => kind === 'changes' && changesMeaning(base.objects.get(nameOf(object)), object),
  )
  return changed.flatMap(({ object }) => {
    const built = others.find((each) => each.kind !== 'removes' && standsOn(each.object, object))
    return built === undefined
      ? []
      : [`one side changes ${nameOf(object)}, and the other builds ${nameOf(built.object)} on it`]
  })
}

function changesMeaning(before: SchemaObject | null | undefined, after: SchemaObject): boolean {
  if (before === null || before === undefined || after.kind !== 'column') return true
  const names = new Set([...Object.keys(before.value), ...Object.keys(after.value)])
  return [...names].some(
    (name) => !independentFields.has(name) && !isEqual(before.value[name], after.value[name]),
  )
}

function standsOn(object: SchemaObject, base: SchemaObject): boolean {
  if (object.needs?.includes(nameOf(base)) === true) return true
  const [table = '', column = ''] = base.path
  return base.kind === 'column' && object.table === table && object.columns?.includes(column) === true
}

export function nameOf({ kind, path }: SchemaObject): string {
  return keyOf(kind, ...path)
}
