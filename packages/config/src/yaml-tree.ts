/**
 * YAML text → a tree of plain values that knows where everything stands. Aliases are resolved to what they stand
 * for, merge keys (`<<`) are merged, and every duplicate key is reported with both places.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Alias, Document, Pair, ParsedNode, YAMLError } from 'yaml'
import type { FindingSink } from './finding-sink.ts'

/** UTF-16 offsets in the text, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type TreeNode = MapNode | ListNode | ScalarNode

interface MapNode {
  readonly kind: 'map'
  readonly span: Span
  readonly entries: ReadonlyMap<string, MapEntry>
}

interface MapEntry {
  readonly keySpan: Span
  readonly child: TreeNode
}

interface ListNode {
  readonly kind: 'list'
  readonly span: Span
  readonly items: readonly TreeNode[]
}

interface ScalarNode {
  readonly kind: 'scalar'
  readonly span: Span
  readonly value: ScalarValue
}

/** All that YAML's core schema knows. */
type ScalarValue = string | number | boolean | null

/** Aliases can make a small text enormous; no real file comes near. */
const nodesMax = 50_000
const depthMax = 64

/** @returns the tree, or null when the text cannot be read as one YAML document (with findings). */
export function readYamlTree(text: string, sink: FindingSink): TreeNode | null {
  const document = parseDocument(text, {
    version: '1.2',
    prettyErrors: false,
    uniqueKeys: false,
    keepSourceTokens: false,
    lineCounter: new LineCounter(),
    logLevel: 'error',
  })
  const problems = [...document.errors, ...document.warnings]
  for (const problem of problems) reportSyntax(problem, sink, text)
  if (problems.length > 0) return null
  if (document.contents === null) return null
  const builder = new TreeBuilder(document, sink, text)
  const tree = builder.build(document.contents, 0, [])
  return builder.isComplete ? tree : null
}

function reportSyntax(problem: YAMLError, sink: FindingSink, text: string): void {
  const start = Math.min(problem.pos[0], Math.max(0, text.trimEnd().length - 1))
  const end = Math.max(start + 1, Math.min(problem.pos[1], text.length))
  sink.report('YAML_SYNTAX', { start, end: endOfFirstLine(text, start, end) }, syntaxText(problem))
}

const syntaxTexts: Readonly<Record<string, { readonly message?: string; readonly hint: string }>> = {
  TAB_AS_INDENT: {
    message: 'a tab is used as indentation',
    hint: 'Indent with spaces; YAML does not allow tabs here.',
  },
  MULTIPLE_DOCS: {
    message: 'the file holds more than one YAML document',
    hint: 'Remove the --- line and what belongs to the other document.',
  },
  BAD_ALIAS: { hint: 'Put the anchor (&name) before the alias (*name) that uses it.' },
  TAG_RESOLVE_FAILED: { hint: 'Remove the tag; lanes.yaml has plain values only.' },
}

function syntaxText(problem: YAMLError): { readonly message: string; readonly hint?: string } {
  const own = syntaxTexts[problem.code]
  const message = own?.message ?? lowerFirst(problem.message.split('\n')[0] ?? problem.message)
  return own === undefined ? { message } : { message, hint: own.hint }
}

class TreeBuilder {
  readonly #document: Document.Parsed
  readonly #sink: FindingSink
  readonly #text: string
  #nodes = 0
  #isOverLimit = false
  /** False when an alias could not be followed: what it stands for is unknown, so nothing else is judged. */
  isComplete = true

  constructor(document: Document.Parsed, sink: FindingSink, text: string) {
    this.#document = document
    this.#sink = sink
    this.#text = text
  }

  build(node: ParsedNode | null, at: number, open: readonly unknown[]): TreeNode {
    if (node === null) return { kind: 'scalar', span: { start: at, end: at }, value: null }
    const span = this.#spanOf(node)
    this.#nodes += 1
    if (this.#nodes > nodesMax || open.length > depthMax) {
      if (!this.#isOverLimit) {
        this.#sink.report('YAML_ALIAS', span, {
          message: 'the file is nested too deeply, or grows beyond any useful size',
        })
      }
      this.#isOverLimit = true
      this.isComplete = false
      return { kind: 'scalar', span, value: null }
    }
    if (isAlias(node)) return this.#resolve(node, span, open)
    if (isMap(node)) return this.#buildMap(node.items, span, [...open, node])
    if (isSeq(node)) {
      const inside = [...open, node]
      const items = (node.items as (ParsedNode | null)[]).map((item) => this.build(item, span.start, inside))
      return { kind: 'list', span, items }
    }
    return { kind: 'scalar', span, value: isScalar(node) ? scalarValue(node.value) : null }
  }

  #resolve(node: Alias.Parsed, span: Span, open: readonly unknown[]): TreeNode {
    const target = node.resolve(this.#document) as ParsedNode | undefined
    if (target === undefined || open.includes(target)) {
      this.isComplete = false
      this.#sink.report('YAML_ALIAS', span, {
        message:
          target === undefined
            ? `the alias *${node.source} has no anchor before it`
            : `the alias *${node.source} points into itself`,
      })
      return { kind: 'scalar', span, value: null }
    }
    return this.build(target, span.start, open)
  }

  #buildMap(
    pairs: readonly Pair<ParsedNode, ParsedNode | null>[],
    span: Span,
    open: readonly unknown[],
  ): TreeNode {
    const entries = new Map<string, MapEntry>()
    const merged: MapEntry[] = []
    for (const pair of pairs) {
      const keySpan = this.#spanOf(pair.key)
      const child = this.build(pair.value, keySpan.end, open)
      const key = this.#keyText(pair.key)
      if (key === null || key === '__proto__') {
        this.#sink.report('NAME_INVALID', keySpan, { message: 'a key must be a plain text' })
        continue
      }
      if (key === '<<') {
        merged.push({ keySpan, child })
        continue
      }
      const earlier = entries.get(key)
      if (earlier === undefined) {
        entries.set(key, { keySpan, child })
        continue
      }
      this.#sink.report('YAML_DUPLICATE_KEY', keySpan, {
        message: `the key "${key}" stands twice in one mapping`,
        related: [{ span: earlier.keySpan, message: 'first here' }],
      })
    }
    for (const entry of merged) this.#merge(entries, entry)
    return { kind: 'map', span, entries }
  }

  /** `<<: *base` or `<<: [*a, *b]`: what stands in the mapping itself wins, then the first of the list. */
  #merge(entries: Map<string, MapEntry>, { keySpan, child }: MapEntry): void {
    const sources = child.kind === 'list' ? child.items : [child]
    for (const source of sources) {
      if (source.kind !== 'map') {
        this.#sink.report('VALUE_TYPE', keySpan, { message: '<< needs a mapping, or a list of mappings' })
        continue
      }
      for (const [key, entry] of source.entries) if (!entries.has(key)) entries.set(key, entry)
    }
  }

  #keyText(key: ParsedNode): string | null {
    const node = isAlias(key) ? key.resolve(this.#document) : key
    if (!isScalar(node)) return null
    if (typeof node.value === 'string') return node.value
    return typeof node.value === 'number' || typeof node.value === 'boolean' ? (node.source ?? null) : null
  }

  #spanOf(node: ParsedNode): Span {
    const [start, end] = node.range
    let trimmed = end
    while (trimmed > start && /\s/.test(this.#text[trimmed - 1] ?? '')) trimmed -= 1
    return { start, end: trimmed }
  }
}

function scalarValue(value: unknown): ScalarValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The value as JavaScript sees it; mappings have no prototype. */
export function toPlainValue(node: TreeNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map(toPlainValue)
  const plain: Record<string, unknown> = Object.create(null)
  for (const [key, entry] of node.entries) plain[key] = toPlainValue(entry.child)
  return plain
}

function endOfFirstLine(text: string, start: number, end: number): number {
  const lineEnd = text.indexOf('\n', start)
  return lineEnd === -1 ? end : Math.max(start + 1, Math.min(end, lineEnd))
}

function lowerFirst(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1)
}
