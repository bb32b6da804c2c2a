import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError, toCommitId } from '@conduct/core'
import { readRowCounts, type RowCounts } from '@conduct/planner'
import type { CommandContext } from '../command.ts'
import { isPostgres } from './plan-flags.ts'

export interface Statistics {
  readonly rows: RowCounts
  /** Of the server that said them; null when a file did, or nothing. */
  readonly major: number | null
}

/**
 * How large the tables are: what the flag names (a file, or a Postgres that is asked), else CONDUCT_STATISTICS, else the lane's file
 * as it is on the base.
 *
 * @throws ConductError BATCH_ROWS_INVALID, STATISTICS_UNREACHABLE
 */
export async function readStatistics(
  context: CommandContext,
  {
    flag,
    declared,
    baseCommit,
  }: {
    readonly flag: string | undefined
    readonly declared: string | null
    readonly baseCommit: string | null
  },
): Promise<Statistics> {
  const named = flag ?? context.env['CONDUCT_STATISTICS']
  if (named !== undefined) {
    if (isPostgres(named)) return (await import('@conduct/conductor')).readLiveRowCounts(named)
    return { rows: rowsOf(named, await textOf(path.resolve(context.cwd, named))), major: null }
  }
  if (declared === null) return { rows: {}, major: null }
  const text =
    baseCommit === null
      ? await textOf(path.resolve(context.cwd, declared))
      : await textOnBase(context, { commit: baseCommit, file: declared })
  return { rows: rowsOf(declared, text), major: null }
}

/** Null: it is not there. */
async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function textOnBase(
  { cwd, signal }: CommandContext,
  { commit, file }: { readonly commit: string; readonly file: string },
): Promise<string | null> {
  const { openBranchWriter } = await import('@conduct/git')
  const writer = await openBranchWriter({ cwd, signal })
  return writer.textAt(toCommitId(commit), file)
}

function rowsOf(file: string, text: string | null): RowCounts {
  if (text === null) throw new ConductError('BATCH_ROWS_INVALID', `${file}: there is no such file`)
  const read = readRowCounts(text)
  if (read.outcome === 'invalid') throw new ConductError('BATCH_ROWS_INVALID', `${file}: ${read.problem}`)
  return read.rows
}
