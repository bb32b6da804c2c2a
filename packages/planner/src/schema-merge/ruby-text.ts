import type { RubyNode } from '../readers/rails/ruby/node.ts'
import { bytePositions, type BytePositions } from '../readers/sql/text-position.ts'

/** A text by the bytes in which the parser counts, and by lines. */
export class RubyText {
  readonly #bytes: Uint8Array
  readonly #positions: BytePositions
  /** Each with its line feed. */
  readonly #lines: readonly string[]

  constructor(text: string) {
    this.#bytes = new TextEncoder().encode(text)
    this.#positions = bytePositions(text)
    this.#lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  }

  get lineCount(): number {
    return this.#lines.length
  }

  textOf({ location }: Pick<RubyNode, 'location'>): string {
    const { startOffset, length } = location
    return new TextDecoder().decode(this.#bytes.subarray(startOffset, startOffset + length))
  }

  lineOf(offset: number): number {
    return this.#positions.lineAt(offset)
  }

  firstLine(node: RubyNode): number {
    return this.lineOf(node.location.startOffset)
  }

  /** That of the last heredoc that begins in it, where there is one. */
  lastLine(node: RubyNode): number {
    return this.lineOf(Math.max(endOf(node) - 1, node.location.startOffset))
  }

  /** Both included, counting from 1. */
  lines(from: number, to: number): string {
    return this.#lines.slice(from - 1, to).join('')
  }
}

type MayClose = RubyNode & { readonly closingLoc?: RubyNode['location'] | null }

function endOf(node: MayClose): number {
  const own = [node.location, node.closingLoc ?? node.location].map((each) => each.startOffset + each.length)
  return Math.max(...own, ...node.childNodes().map((child) => (child === null ? 0 : endOf(child))))
}
