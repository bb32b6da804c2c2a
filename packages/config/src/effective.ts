/**
 * lanes.yaml with everything filled in, and beside each value where it came from: declared, preset, default, or
 * known only when a run looks. What it prints is a valid lanes.yaml that means the same.
 */
import { Cursor } from './cursor.ts'
import { collectFindings } from './finding-sink.ts'
import type { LanesConfig } from './lanes-config.ts'
import type { LanesSource } from './parse.ts'
import { presetOf } from './rules/lane-values.ts'
import type { Entry } from './effective-entry.ts'
import { entriesOfFile } from './effective-wire.ts'
import { readYamlTree, toPlainValue } from './yaml-tree.ts'

/** Column of the trailing comments, unless a line is longer. */
const commentColumn = 56

/** @param config what `parseLanesYaml` made of the same text. */
export function explainEffective(source: LanesSource, config: LanesConfig): string {
  const tree = readYamlTree(source.text, collectFindings(source.file, source.text))
  const lines: string[] = []
  writeMap(lines, entriesOfFile(config), {
    declared: new Cursor({ node: tree }),
    preset: undefined,
    presetName: '',
    indent: '',
  })
  return `${lines.join('\n')}\n`
}

interface Where {
  /** The same place in the file as written. */
  readonly declared: Cursor
  /** The same place in the preset of the lane, if any. */
  readonly preset: unknown
  readonly presetName: string
  readonly indent: string
}

function writeMap(lines: string[], entries: readonly (readonly [string, Entry])[], where: Where): void {
  for (const [key, entry] of entries) writeEntry(lines, key, entry, stepInto(where, key))
}

function stepInto(where: Where, key: string): Where {
  const declared = where.declared.get(key)
  const isLane = where.declared.name === 'lanes' && where.declared.parent?.parent === null
  if (isLane)
    return { ...where, declared, preset: presetOf(declared), presetName: declared.get('use').text() ?? '' }
  return { ...where, declared, preset: memberOf(where.preset, key) }
}

function writeEntry(lines: string[], key: string, entry: Entry, where: Where): void {
  const { indent, declared } = where
  const name = plainOrQuoted(key)
  switch (entry.kind) {
    case 'value':
      lines.push(
        ...withComment(`${indent}${name}: ${flow(shownValue(entry.value, declared))}`, origin(entry, where)),
      )
      return
    case 'absent':
      lines.push(...withComment(`${indent}# ${name}: ${entry.meaning}`, entry.origin))
      return
    case 'map': {
      // A single word that stands for a mapping, as in `adopt: none`, is shown as it was written.
      if (declared.exists && declared.node?.kind === 'scalar') {
        lines.push(...withComment(`${indent}${name}: ${flow(toPlainValue(declared.node))}`, 'declared'))
        return
      }
      if (entry.entries.every(([, inner]) => inner.kind === 'absent')) {
        lines.push(`${indent}${name}: {}`)
      } else lines.push(`${indent}${name}:`)
      return writeMap(lines, entry.entries, { ...where, indent: `${indent}  ` })
    }
    case 'list': {
      lines.push(`${indent}${name}:`)
      const items = declared.items()
      for (const [index, item] of entry.items.entries()) {
        const from = lines.length
        const inside = { ...where, declared: items[index] ?? declared.get(''), indent: `${indent}    ` }
        writeMap(lines, item, inside)
        lines[from] = `${indent}  - ${(lines[from] ?? '').trimStart()}`
      }
      return
    }
  }
}

function shownValue(value: unknown, declared: Cursor): unknown {
  return declared.node === null ? value : toPlainValue(declared.node)
}

function origin(entry: Extract<Entry, { kind: 'value' }>, where: Where): string {
  if (where.declared.exists) return 'declared'
  if (where.preset !== undefined) return `preset ${where.presetName}`
  return entry.origin ?? 'default'
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

function withComment(line: string, comment: string): readonly string[] {
  return [`${line.padEnd(commentColumn)} # ${comment}`]
}

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, inner]) => `${plainOrQuoted(key)}: ${flow(inner)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return typeof value === 'string' ? plainOrQuoted(value) : JSON.stringify(value)
}

/** Plain where no YAML reader could take it for anything else. */
function plainOrQuoted(text: string): string {
  const isPlain = /^[A-Za-z_./][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+-]+)*$/.test(text)
  const isWord = /^(?:true|false|null|yes|no|on|off|y|n|\.(?:inf|nan))$/i.test(text)
  const isMeasure = /^\d+(?:ms|s|m|h|d|%)$/.test(text)
  return isMeasure || (isPlain && !isWord) ? text : JSON.stringify(text)
}
