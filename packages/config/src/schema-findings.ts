/**
 * What zod says about the shape, in our words and at the place to edit. zod's own messages are never shown: the
 * switch covers every issue code, and a union is explained by the branch that was meant.
 */
import type { FindingCode } from '@conduct/core'
import { assertNever, nearest } from '@conduct/core'
import type { z } from 'zod'
import type { Cursor } from './cursor.ts'
import type { FindingSink } from './finding-sink.ts'
import { expectationOf, knownKeysOf } from './schema/expectation.ts'
import { lanesFile, type RawFile, storeExpectation } from './schema/file.ts'
import { durationExpectation, nameExpectation } from './schema/values.ts'
import { redactSecrets } from './secret-spans.ts'
import { suggestion } from './suggest.ts'
import { toPlainValue } from './yaml-tree.ts'

type Issue = z.core.$ZodIssue

/** @returns what the schema accepted, or null after reporting why not. */
export function reportSchemaFindings(root: Cursor, sink: FindingSink): RawFile | null {
  if (root.node === null) return null
  // One file is read once: compiling a parser first would take longer than parsing.
  const result = lanesFile.safeParse(toPlainValue(root.node), { jitless: true })
  if (result.success) return result.data
  for (const issue of result.error.issues) reportIssue(issue, root, sink)
  return null
}

function reportIssue(issue: Issue, base: Cursor, sink: FindingSink): void {
  const here = base.at(issue.path)
  const isAbsent = !here.exists && issue.path.length > 0
  if (isAbsent && here.parent !== null) return reportMissing(here, here.parent, sink)
  const expected = expectationOf(issue.message)
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) reportUnknownKey(key, here, knownKeysOf(issue.message), sink)
      return
    case 'invalid_union':
      return reportUnion(issue, here, sink)
    case 'invalid_type':
      return sink.report(codeOfExpectation(expected) ?? 'VALUE_TYPE', here.span, {
        message: `${label(here)} must be ${expected ?? article(issue.expected)}, not ${describe(here)}`,
      })
    case 'invalid_value':
      return reportUnknownValue(issue.values.map(String), here, sink)
    case 'invalid_format':
    case 'custom':
    case 'not_multiple_of':
      return sink.report(codeOfExpectation(expected) ?? 'VALUE_FORM', here.span, {
        message: `${label(here)} must be ${expected ?? 'of another form'}, not ${describe(here)}`,
      })
    case 'too_small':
    case 'too_big':
      return sink.report('VALUE_RANGE', here.span, {
        message: `${label(here)} must be ${expected ?? `at ${issue.code === 'too_small' ? 'least' : 'most'} another size`}, not ${describe(here)}`,
      })
    case 'invalid_key':
      return sink.report('NAME_INVALID', here.ownKeySpan, {
        message: `"${here.name}" must be ${nameExpectation}`,
      })
    case 'invalid_element':
      for (const inner of issue.issues) reportIssue(inner, here, sink)
      return
    default:
      return assertNever(issue)
  }
}

function reportMissing(absent: Cursor, mapping: Cursor, sink: FindingSink): void {
  // A mistyped key is one mistake, not two.
  const isMistyped = mapping
    .names()
    .some((key) => nearest(key, [absent.name]) !== null && key !== absent.name)
  if (isMistyped) return
  const owner = mapping.parent === null ? 'the file' : label(mapping)
  sink.report('KEY_MISSING', mapping.lackingSpan, {
    message: `${owner} lacks the key "${absent.name}"`,
    hint: `Add ${absent.name}.`,
  })
}

function reportUnknownKey(key: string, mapping: Cursor, known: readonly string[], sink: FindingSink): void {
  sink.report('KEY_UNKNOWN', mapping.get(key).ownKeySpan, {
    message: `unknown key "${key}"`,
    hint: suggestion(key, known, 'Known keys'),
  })
}

function reportUnknownValue(values: readonly string[], here: Cursor, sink: FindingSink): void {
  const version = here.name === 'version' && here.parent?.parent === null
  const text = here.node?.kind === 'scalar' ? String(here.node.value) : null
  sink.report(text === null ? 'VALUE_TYPE' : 'VALUE_UNKNOWN', here.span, {
    message: `${label(here)} must be ${oneOf(values)}, not ${describe(here)}`,
    hint: version
      ? 'This conduct reads version 1 of the format; a newer file needs a newer conduct.'
      : suggestion(text ?? '', values, 'Allowed'),
  })
}

function reportUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  here: Cursor,
  sink: FindingSink,
): void {
  const ranked = issue.errors
    .map((issues) => ({ issues, distance: issues.reduce((sum, inner) => sum + distanceOf(inner), 0) }))
    .sort((a, b) => a.distance - b.distance)
  const meant = ranked[0]
  if (meant !== undefined && meant.distance < wrongBranch) {
    for (const inner of meant.issues) reportIssue(inner, here, sink)
    return
  }
  const expected = expectationOf(issue.message) ?? 'of another form'
  const words = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []))
  const text = here.text()
  const near = text === null ? null : nearest(text, words)
  sink.report(text !== null && words.length > 0 ? 'VALUE_UNKNOWN' : 'VALUE_TYPE', here.span, {
    message: `${label(here)} must be ${expected}, not ${describe(here)}`,
    hint: near === null ? `Write ${expected}.` : `did you mean "${near}"?`,
  })
}

/** How far a value is from a branch of a union; from `wrongBranch` on it cannot have been meant. */
const wrongBranch = 100

function distanceOf(issue: Issue): number {
  if (issue.path.length > 0) return 1
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return wrongBranch
  return issue.code === 'unrecognized_keys' ? 10 * issue.keys.length : 5
}

function codeOfExpectation(expected: string | null): FindingCode | null {
  if (expected === durationExpectation) return 'DURATION_INVALID'
  if (expected === nameExpectation) return 'NAME_INVALID'
  if (expected === storeExpectation) return 'STORE_INVALID'
  return null
}

/** `lease.ttl of lane "x"`, for people: the last two parts of the path. */
function label(cursor: Cursor): string {
  if (cursor.parent === null) return 'the file'
  const isItem = cursor.parent.node?.kind === 'list'
  if (isItem) return `item ${Number(cursor.name) + 1} of ${label(cursor.parent)}`
  return cursor.name
}

function describe(cursor: Cursor): string {
  const { node } = cursor
  if (node === null) return 'absent'
  if (node.kind === 'map') return 'a mapping'
  if (node.kind === 'list') return node.items.length === 0 ? 'an empty list' : 'a list'
  if (node.value === null) return 'empty'
  if (typeof node.value === 'string') return node.value === '' ? 'an empty text' : `"${shorten(node.value)}"`
  return String(node.value)
}

function shorten(value: string): string {
  const text = redactSecrets(value)
  const lengthMax = 60
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax)}…`
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? '') : `one of ${values.join(', ')}`
}

function article(type: string): string {
  switch (type) {
    case 'string':
      return 'a text'
    case 'array':
      return 'a list'
    case 'object':
    case 'record':
      return 'a mapping'
    case 'boolean':
      return 'true or false'
    case 'int':
    case 'number':
      return 'a number'
    default:
      return type
  }
}
