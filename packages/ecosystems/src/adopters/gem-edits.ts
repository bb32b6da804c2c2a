import { ConductError } from '@conduct/core'
import { type GemArgument, gemDeclarations, type GemDeclaration, gemfileOf } from '../manifests/gemfile.ts'
import { parseGemConstraint, raiseGemConstraint } from '../manifests/gem-version.ts'
import { readGemfileLock } from '../lockfiles/gemfile-lock.ts'
import type { FileTree } from '../ports.ts'
import type { ManifestEdit, Wanted } from './adoption-edits.ts'

/** Options of a declaration that take a gem from somewhere else than a gem server. */
export const sourceOptions = new Set(['path', 'git', 'github', 'gist', 'bitbucket', 'branch', 'ref', 'tag'])

/**
 * What the Gemfile has to say for these versions to be locked: constraints raised only where they must be.
 *
 * @throws ConductError ADOPT_FAILED  it names none of them, computes a constraint, takes one from elsewhere, or asks
 *   for something newer.
 */
export async function gemEdits(tree: FileTree, wanted: readonly Wanted[]): Promise<readonly ManifestEdit[]> {
  const file = (await gemfileOf(tree))?.gemfile ?? 'Gemfile'
  const before = (await tree.readFile(file)) ?? ''
  const declared = wanted.flatMap(({ name, version }) =>
    gemDeclarations(file, before, name).map((declaration) => ({ declaration, version })),
  )
  const seen = new Set(declared.map(({ declaration }) => declaration.name))
  const lock = await readGemfileLock(tree)
  const missed = wanted.find(({ name }) => !seen.has(name) && lock?.dependencies.has(name) === true)
  if (missed !== undefined) {
    throw new ConductError('ADOPT_FAILED', `${file} asks for ${missed.name} in a way that cannot be edited`, {
      hint: `Write it as: gem '${missed.name}', '<constraint>'`,
      details: { file, package: missed.name },
    })
  }
  if (declared.length === 0) {
    throw new ConductError('ADOPT_FAILED', `${file} names no ${wanted.map(({ name }) => name).join(', ')}`)
  }
  const pinned = declared.map(({ declaration, version }) => pinnedTo(before, declaration, version))
  const after = declared.flatMap(({ declaration, version }) => raisedFor(declaration, version))
  return [{ file, before, pinned: replaced(before, pinned), after: replaced(before, after) }]
}

export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

export function replaced(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((edited, { start, end, text: by }) => edited.slice(0, start) + by + edited.slice(end), text)
}

/** One quoted constraint; several stand side by side or in a list. */
export interface WrittenConstraint {
  readonly start: number
  readonly end: number
  readonly value: string
  readonly quote: string
}

/** @throws ConductError ADOPT_FAILED  one of them is computed. */
export function constraintsOf(declaration: GemDeclaration): readonly WrittenConstraint[] {
  return declaration.arguments
    .filter(({ key }) => key === null)
    .flatMap((argument) => {
      const written = quotedIn(argument)
      if (written.length > 0 && written.every(({ value }) => parseGemConstraint(value) !== null))
        return written
      throw new ConductError(
        'ADOPT_FAILED',
        `${declaration.file}:${declaration.line}: the constraint of ${declaration.name} is computed: ${argument.text}`,
        {
          hint: 'Write it as a literal, then resume.',
          details: { file: declaration.file, line: declaration.line },
        },
      )
    })
}

function quotedIn({ text, start, literal }: GemArgument): readonly WrittenConstraint[] {
  if (literal === null && !/^\[\s*(?:(["'])[^"'\\#]*\1\s*,?\s*)*\]$/.test(text)) return []
  return [...text.matchAll(/(["'])([^"']*)\1/g)].map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
    value: match[2] ?? '',
    quote: match[1] ?? "'",
  }))
}

function pinnedTo(before: string, declaration: GemDeclaration, version: string): TextEdit {
  refuseElsewhere(declaration)
  const written = declaration.arguments.filter(({ key }) => key === null)
  const [first, last] = [written[0], written.at(-1)]
  if (first === undefined || last === undefined) {
    return { start: declaration.nameEnd, end: declaration.nameEnd, text: `, '= ${version}'` }
  }
  const quote = before[first.start] === '"' ? '"' : "'"
  return { start: first.start, end: last.end, text: `${quote}= ${version}${quote}` }
}

function raisedFor(declaration: GemDeclaration, version: string): readonly TextEdit[] {
  return constraintsOf(declaration).flatMap(({ start, end, value, quote }) => {
    const raised = raiseGemConstraint(value, version)
    if (raised.outcome === 'kept') return []
    if (raised.outcome === 'raised') return [{ start, end, text: `${quote}${raised.text}${quote}` }]
    const { file, line, name } = declaration
    throw new ConductError(
      'ADOPT_FAILED',
      `${file}:${line}: ${name} ${value} asks for more than ${version}`,
      {
        hint: 'Constraints change only upward; publish a newer version, or lower it by hand.',
        details: { file, line, range: value },
      },
    )
  })
}

function refuseElsewhere(declaration: GemDeclaration): void {
  const elsewhere = declaration.arguments.find(({ key }) => key !== null && sourceOptions.has(key))
  if (elsewhere === undefined) return
  const { file, line, name } = declaration
  throw new ConductError(
    'ADOPT_FAILED',
    `${file}:${line}: ${name} is taken from ${elsewhere.text}, not from a gem server`,
    {
      hint: 'Write a constraint of published versions there, then resume.',
      details: { file, line, reference: elsewhere.text },
    },
  )
}
