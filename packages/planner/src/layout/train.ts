/**
 * The layout `train`: one pull request with each ticket's work in files of its own, under versions that nobody has.
 *
 * Promise: a file depends on its own ticket, its version and the names that are taken, and on nothing else of the batch: without any
 * one ticket the other files are what they were. A migration's text is its author's; only what cannot stand twice is changed.
 */
import { allocateVersions } from '../identity/allocate-versions.ts'
import { identifyFile, isUndoFile } from '../identity/file-identity.ts'
import { isDefinition } from '../readers/file-kinds.ts'
import { compareFiles } from '../readers/in-order.ts'
import type { BatchFile, Layout, TicketFile } from './batch-file.ts'
import { freeName } from './class-names.ts'
import { renamedPath, takesBack } from './file-name.ts'
import type { LayoutTools } from './load-layout-tools.ts'

export interface TrainInput {
  /** In the order in which they run. */
  readonly tickets: readonly string[]
  /** All of theirs, in any order. */
  readonly files: readonly TicketFile[]
  /** What base and open branches have already. */
  readonly taken: { readonly versions: readonly string[]; readonly classNames: readonly string[] }
  /** Paths on base. */
  readonly basePaths: readonly string[]
  readonly now: Date
  /** The major of the server. */
  readonly major: number
}

export function layOutTrain(input: TrainInput, tools: LayoutTools): Layout {
  const { tickets, files, taken, now } = input
  const refused = tickets.flatMap((ticket) => {
    const own = files.filter((file) => file.ticket === ticket)
    const because =
      refusal(own, input.basePaths, 'train') ??
      own.map((file) => tools.unwritable(file)).find((each) => each !== null) ??
      null
    return because === null ? [] : [{ ticket, because }]
  })
  if (refused.length > 0) return { files: [], refused, notes: [] }

  const pieces = tickets.flatMap((ticket) => piecesOf(ticket, input, tools))
  const versioned = pieces.filter((piece) => identifyFile(piece.file.path)?.version !== undefined)
  const versions = allocateVersions({ count: versioned.length, taken: taken.versions, now })
  const classNames = new Set(taken.classNames)
  const notes = pieces.flatMap(({ file, problem, part }) =>
    problem === null || part > 1
      ? []
      : [{ ticket: file.ticket, text: `${file.path} is kept whole: ${problem}` }],
  )
  const definitions = tickets.flatMap((ticket) =>
    files
      .filter((file) => file.ticket === ticket && file.kind === 'added' && isDefinition(file.path))
      .map(({ path, text }): BatchFile => ({ ticket, path, text, isTransactional: true, from: path })),
  )
  const laid = pieces.flatMap((piece): readonly BatchFile[] => {
    const { file, part, text, isTransactional, undo } = piece
    const at = versioned.indexOf(piece)
    const version = at === -1 ? undefined : versions[at]
    if (version === undefined) {
      return [{ ticket: file.ticket, path: file.path, text, isTransactional, from: file.path }]
    }
    const className = tools.classNameOf(file)
    const name = identifyFile(file.path)?.name ?? ''
    const isDouble = className !== null && classNames.has(className)
    const free = isDouble ? freeName(className, (each) => classNames.has(each)) : null
    if (className !== null) classNames.add(free?.className ?? className)
    if (free !== null && className !== null) {
      notes.push({ ticket: file.ticket, text: `${className} is called ${free.className}: the name is taken` })
    }
    const renamed = { version, part, ...(free === null ? {} : { name: `${name}${free.suffix}` }) }
    const changed =
      free === null || className === null ? text : tools.renameClass(text, className, free.className)
    const own = { ticket: file.ticket, path: renamedPath(file.path, renamed), text: changed, version }
    return [
      { ...own, isTransactional, from: file.path },
      ...undo.map(({ ticket, path, text: back }) => ({
        ticket,
        path: renamedPath(path, renamed),
        text: back,
        isTransactional: true,
        from: path,
      })),
    ]
  })
  return { files: [...laid, ...definitions], refused: [], notes }
}

interface Piece {
  readonly file: TicketFile
  readonly part: number
  readonly text: string
  readonly isTransactional: boolean
  /** What takes it back, beside it. */
  readonly undo: readonly TicketFile[]
  readonly problem: string | null
}

function piecesOf(ticket: string, { files, major }: TrainInput, tools: LayoutTools): readonly Piece[] {
  const own = files.filter((file) => file.ticket === ticket)
  const undoing = own.filter((file) => isUndoFile(file.path))
  const migrations = own.filter((file) => identifyFile(file.path) !== null).toSorted(compareFiles)
  return migrations.flatMap((file): readonly Piece[] => {
    const undo = undoing.filter((each) => takesBack(each.path, file.path))
    const { parts, problem } = tools.split(file, major)
    const whole = { file, part: 1, text: file.text, isTransactional: true, undo }
    // One file takes back one file.
    if (undo.length > 0 && parts.length > 1) {
      return [{ ...whole, problem: 'a file that takes it back stands beside it' }]
    }
    return parts.map((part, at) => ({ ...part, file, part: at + 1, undo, problem }))
  })
}

const javaScript = /\.[cm]?[jt]s$/

/** Why a ticket cannot be written anew; null when it can. */
export function refusal(
  files: readonly TicketFile[],
  basePaths: readonly string[],
  layout: 'train' | 'fused',
): string | null {
  const changed = files.find((file) => identifyFile(file.path) !== null && file.kind !== 'added')
  if (changed !== undefined) {
    return `${changed.path}: it ${changed.kind === 'modified' ? 'changes' : 'removes'} a migration that others have run`
  }
  const others = files.filter((file) => identifyFile(file.path) !== null && !/\.(?:rb|sql)$/.test(file.path))
  const kept = layout === 'fused' ? others.find((file) => javaScript.test(file.path)) : undefined
  if (kept !== undefined)
    return `${kept.path}: only SQL and Rails are fused; the layout train keeps it as it is`
  const unknown = others.find((file) => !javaScript.test(file.path))
  if (unknown !== undefined) return `${unknown.path}: files of its kind are not written here`
  const inJournal = files.find(({ path }) => basePaths.includes(journalBeside(path)))
  if (inJournal !== undefined) {
    return `${inJournal.path}: Drizzle runs what its journal names; generate it anew on the batch (drizzle-kit generate)`
  }
  return files.some((file) => identifyFile(file.path) !== null) ? null : 'it has no file of its own'
}

export function journalBeside(path: string): string {
  return [...path.split('/').slice(0, -1), 'meta/_journal.json'].join('/')
}
