/**
 * A place in the tree that rules walk from. Asking for what is absent or of another type gives an empty answer
 * instead of an error, so that every rule runs on every file and all findings come at once.
 */
import type { Span, TreeNode } from './yaml-tree.ts'

export class Cursor {
  readonly node: TreeNode | null
  /** The key this value stands under; for an item of a list, the key of the list. */
  readonly keySpan: Span | null
  readonly parent: Cursor | null
  readonly name: string

  constructor(options: {
    readonly node: TreeNode | null
    readonly keySpan?: Span | null
    readonly parent?: Cursor | null
    readonly name?: string
  }) {
    this.node = options.node
    this.keySpan = options.keySpan ?? null
    this.parent = options.parent ?? null
    this.name = options.name ?? ''
  }

  get exists(): boolean {
    return this.node !== null
  }

  get(key: string): Cursor {
    const entry = this.node?.kind === 'map' ? this.node.entries.get(key) : undefined
    return new Cursor({
      node: entry?.child ?? null,
      keySpan: entry?.keySpan ?? null,
      parent: this,
      name: key,
    })
  }

  /** Follows names and indexes. */
  at(path: readonly PropertyKey[]): Cursor {
    return path.reduce<Cursor>((here, part) => here.#child(part), this)
  }

  #child(part: PropertyKey): Cursor {
    const item = typeof part === 'number' ? this.items()[part] : undefined
    return item ?? this.get(String(part))
  }

  entries(): readonly (readonly [string, Cursor])[] {
    if (this.node?.kind !== 'map') return []
    return [...this.node.entries.keys()].map((key) => [key, this.get(key)] as const)
  }

  names(): readonly string[] {
    return this.node?.kind === 'map' ? [...this.node.entries.keys()] : []
  }

  items(): readonly Cursor[] {
    if (this.node?.kind !== 'list') return []
    return this.node.items.map(
      (node, index) => new Cursor({ node, keySpan: this.keySpan, parent: this, name: String(index) }),
    )
  }

  text(): string | null {
    return this.node?.kind === 'scalar' && typeof this.node.value === 'string' ? this.node.value : null
  }

  isTrue(): boolean {
    return this.node?.kind === 'scalar' && this.node.value === true
  }

  /** Texts of a list with their places; what is no text is left to the schema. */
  texts(): readonly { readonly text: string; readonly cursor: Cursor }[] {
    return this.items().flatMap((cursor) => {
      const text = cursor.text()
      return text === null ? [] : [{ text, cursor }]
    })
  }

  /** Where this value stands; for an absent one, the key of the nearest mapping that lacks it. */
  get span(): Span {
    const span = this.node?.span
    if (span === undefined) return this.lackingSpan
    return span.start === span.end && this.keySpan !== null ? this.keySpan : span
  }

  /** The key whose value this is. */
  get ownKeySpan(): Span {
    return this.keySpan ?? this.span
  }

  /** Where to point when something is missing in this mapping: its key, or the first key of a list's item. */
  get lackingSpan(): Span {
    const { node, parent } = this
    if (node === null) return parent?.lackingSpan ?? { start: 0, end: 0 }
    const isItem = parent?.node?.kind === 'list'
    if (this.keySpan !== null && !isItem) return this.keySpan
    const first = node.kind === 'map' ? [...node.entries.values()][0] : undefined
    if (first !== undefined) return first.keySpan
    return node.span
  }
}
