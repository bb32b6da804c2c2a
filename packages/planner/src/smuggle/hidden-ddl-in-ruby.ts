import {
  CallNode,
  InterpolatedStringNode,
  InterpolatedSymbolNode,
  StringNode,
  SymbolNode,
} from '@ruby/prism/src/nodes.js'

import { isMigration } from '../readers/file-kinds.ts'
import { loadPrism, type ParseRuby } from '../readers/rails/ruby/load-prism.ts'
import { argumentsOf, type RubyNode } from '../readers/rails/ruby/node.ts'
import type { SqlReader } from '../readers/sql/read-sql.ts'
import { bytePositions } from '../readers/sql/text-position.ts'
import { foundAmong, isLeftOut, type Found } from './found.ts'
import { rubyRunners } from './worth-reading.ts'

/** Methods that hand a text to the server. */
const running = new RegExp(`^(?:${rubyRunners})$`)

/** Methods of Rails that change the schema, with what they change named first. */
const changing =
  /^(?:(?:create|drop|change|rename)_table|create_join_table|(?:add|remove|rename|change)_columns?|change_column_(?:null|default)|(?:add|remove|rename)_index|(?:add|remove)_(?:reference|belongs_to|foreign_key|check_constraint|timestamps)|(?:enable|disable)_extension|(?:create|drop)_enum|create_schema)$/

export async function openRubySearch(
  sql: SqlReader,
): Promise<(path: string, text: string) => readonly Found[]> {
  const parse = await loadPrism()
  return (path, text) => inRuby({ parse, sql }, path, text)
}

function inRuby(
  { parse, sql }: { readonly parse: ParseRuby; readonly sql: SqlReader },
  path: string,
  text: string,
): readonly Found[] {
  const parsed = parse(text)
  const positions = bytePositions(text)
  const isOwn = isMigration(path)
  const found: Found[] = []
  const look = (node: RubyNode): void => {
    if (node instanceof CallNode) {
      const line = positions.lineAt(node.location.startOffset)
      const [first] = argumentsOf(node)
      if (running.test(node.name) && first !== undefined) {
        const statement = textOf(first)
        const read = statement === null ? [] : sql({ file: path, text: statement }).operations
        const kept = isOwn ? read.filter(isLeftOut) : read
        found.push(...foundAmong(kept, () => line))
        if (
          statement !== null &&
          !isOwn &&
          read.some((each) => each.kind === 'opaque' && foundAmong([each], () => line).length === 0) &&
          looksLikeDdl(statement)
        )
          found.push({ line, what: firstWords(statement) })
      } else if (!isOwn && changing.test(node.name) && isNamed(first)) {
        found.push({ line, what: `${node.name} ${textOf(first) ?? ''}`.trimEnd() })
      }
    }
    for (const child of node.childNodes()) if (child !== null) look(child)
  }
  look(parsed.value)
  return found
}

function isNamed(node: RubyNode | undefined): node is RubyNode {
  return [StringNode, SymbolNode, InterpolatedStringNode, InterpolatedSymbolNode].some(
    (kind) => node instanceof kind,
  )
}

/** What is filled in at run time stands as a name: most often it is one. */
const filledIn = 'filled_in'

function textOf(node: RubyNode): string | null {
  if (node instanceof StringNode || node instanceof SymbolNode) return node.unescaped.value
  if (!(node instanceof InterpolatedStringNode)) return null
  return node.parts.map((part) => (part instanceof StringNode ? part.unescaped.value : filledIn)).join('')
}

/** A statement that is put together so that it cannot be read still says how it begins. */
function looksLikeDdl(statement: string): boolean {
  return /^\s*(?:CREATE|ALTER|DROP|TRUNCATE|REINDEX|COMMENT ON)\b/i.test(statement)
}

function firstWords(statement: string): string {
  return statement.trim().split(/\s+/).slice(0, 4).join(' ')
}
