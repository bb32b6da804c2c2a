import type { CommitId } from '@conduct/core'
import { openBranchWriter } from '@conduct/git'
import {
  type BatchFile,
  isSchemaFile,
  type Layout,
  writeSchemaFiles,
  type SchemaFileTicket,
} from '@conduct/planner'
import type { CommandContext } from '../command.ts'
import type { SourceTicket } from './sources.ts'

/**
 * The schema file after each ticket, where every branch of the turn brings its own: without it, the batch's schema file would not be
 * what its migrations produce. Where it cannot be made, a note says so, and the app's migration command writes it.
 */
export async function schemaFilesOf(
  context: CommandContext,
  {
    members,
    base,
    layout,
  }: { readonly members: readonly SourceTicket[]; readonly base: CommitId; readonly layout: Layout },
): Promise<{ readonly files: readonly BatchFile[]; readonly notes: Layout['notes'] }> {
  const changed = members.flatMap(({ id, branch, changes }) => {
    const file = changes.find((each) => isSchemaFile(each.path) && each.kind === 'modified')
    return file === undefined || branch === null ? [] : [{ id, from: branch.from ?? base, file }]
  })
  const [first] = changed
  if (first === undefined) return { files: [], notes: [] }
  const { path } = first.file
  const none = (ticket: string, why: string) => ({
    files: [],
    notes: [
      {
        ticket,
        text: `${path} is left as it is on the base (${why}): let the app write it, by its migration command`,
      },
    ],
  })
  const lacking = members.find(({ id }) => !changed.some((each) => each.id === id && each.file.path === path))
  if (lacking !== undefined) return none(lacking.id, 'its branch does not bring it')
  if (!path.endsWith('.rb')) return none(first.id, 'only schema.rb is merged')
  const writer = await openBranchWriter({ cwd: context.cwd, signal: context.signal })
  const [onBase, ...before] = await Promise.all(
    [base, ...changed.map((each) => each.from)].map((commit) => writer.textAt(commit, path)),
  )
  const tickets = changed.map(({ id, file }, at): SchemaFileTicket => ({
    ticket: id,
    before: before[at] ?? '',
    after: file.text,
    version: layout.files.findLast((each) => each.ticket === id && each.version !== undefined)?.version ?? '',
  }))
  const merged = await writeSchemaFiles(onBase ?? '', tickets)
  if (merged.outcome === 'refused') return none(merged.ticket, merged.because)
  const files = merged.texts.map(({ ticket, text }) => ({
    ticket,
    path,
    text,
    isTransactional: true,
    from: path,
  }))
  return { files, notes: [] }
}
