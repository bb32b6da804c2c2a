import type { Place } from '@conduct/core'
import { Cursor } from './cursor.ts'
import { collectFindings, placer } from './finding-sink.ts'
import type { LanesSource } from './parse.ts'
import { presetOf } from './rules/lane-values.ts'
import { readYamlTree, type Span } from './yaml-tree.ts'

/**
 * Where a value of lanes.yaml comes from. What the file does not say itself comes from a preset (then that is the place: the name
 * after `use`), or from a default (then the key of the nearest mapping that lacks it). A value behind an alias stands at its anchor.
 */
export type Locate = (path: readonly (string | number)[]) => Place

/** @param source what `parseLanesYaml` found no error in. */
export function locateIn({ file, text }: LanesSource): Locate {
  const root = new Cursor({ node: readYamlTree(text, collectFindings(file, text)) })
  const placeOf = placer(file, text)
  return (path) => placeOf(spanOf(root, path, text))
}

function spanOf(root: Cursor, path: readonly (string | number)[], text: string): Span {
  const found = root.at(path)
  if (found.exists) return shortSpan(found, text)
  const [section, name = '', ...inner] = path
  if (section === 'lanes') {
    const lane = root.at(['lanes', name])
    const preset = inner.reduce<unknown>((value, key) => memberOf(value, key), presetOf(lane))
    if (lane.exists && preset !== undefined) return lane.get('use').span
  }
  return found.span
}

/** A mapping, or a list of several lines, is shown by its key: nobody reads ten underlined lines. */
function shortSpan(found: Cursor, text: string): Span {
  const { span, node } = found
  const isOneLine = !/[\r\n]/.test(text.slice(span.start, span.end))
  return node?.kind === 'scalar' || isOneLine ? span : found.lackingSpan
}

function memberOf(value: unknown, key: string | number): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string | number, unknown>)[key]
    : undefined
}
