import { isConductError } from '@conduct/core'
import {
  identifyFile,
  isMigration,
  isSchemaFile,
  isSecondarySchema,
  isWorthReading,
  mayBeSmuggled,
  pathsToParse,
  type SmuggleInput,
  type SqlEngine,
} from '@conduct/planner'
import { batchDuplicates } from './batch-duplicates.ts'
import type { Work } from './changed-paths.ts'
import { lookAtGit, pathsIn } from './git-look.ts'
import { readHeads } from './heads.ts'
import { comparedWith, readTexts } from './read-texts.ts'
import { noSmuggling, type Smuggler, type Smuggling } from './smuggling.ts'

/** What the texts of these works say, before and after. */
export async function smuggledBy(smuggler: Smuggler, works: readonly Work[]): Promise<Smuggling> {
  const found: Smuggling[] = []
  for (const work of works) found.push(await smuggledIn(smuggler, work))
  return {
    signals: found.flatMap((each) => each.signals),
    unknown: [...new Set(found.flatMap((each) => each.unknown))],
  }
}

async function smuggledIn(smuggler: Smuggler, work: Work): Promise<Smuggling> {
  const { cwd } = smuggler.context
  const { top } = smuggler.read.repository
  const paths = [...new Set(work.paths)].filter(mayBeSmuggled)
  if (top === null || paths.length === 0) return noSmuggling
  // What a merge brings was committed by others: only its branch can be compared, not the commit that joins it.
  if (work.bases.length === 0 && readHeads(cwd).merged !== null) {
    const example = 'conduct guard --base origin/main'
    return { signals: [], unknown: [`what a merge smuggles is seen on its branch only: ${example}`] }
  }
  const before = comparedWith(cwd, work)
  // Of a push, also what was pushed before: a schema file is what all migrations of its branch lead to.
  const all = work.head === null || before === null ? paths : changedSince(cwd, before, work.head)
  const baseless =
    before === null && work.bases.length > 0
      ? ['what the schema was before: no branch of the remote is known here (git fetch)']
      : []
  const { texts, unread } = readTexts(cwd, { work, before, paths: all.filter(mayBeSmuggled), top })
  const changes = texts.filter(isWorthReading)
  const tooLarge = unread.map((path) => `${path}: too large to be read`)
  if (changes.length === 0) return { signals: [], unknown: tooLarge }
  const changing = changes
    .map(({ path }) => path)
    .filter((path) => isMigration(path) || isSchemaFile(path) || isSecondarySchema(path))
  const { isFlagged, problem } = changing.length === 0 ? unflaggable : await flagOf(smuggler)
  const listed = before === null ? [] : filesAt(cwd, before)
  const { engine, problem: mixed } = engineOf(smuggler)
  const schemaFile = listed.find(isSchemaFile) ?? null
  const parsed = pathsToParse({ changes, schemaFile })
  const { signals, unknown } =
    parsed.length === 0 && isFlagged !== false
      ? noSmuggling
      : await findIn(parsed, engine, {
          changes,
          isFlagged,
          schemaFile,
          origins: listed.flatMap((path) => identifyFile(path)?.origin ?? []),
        })
  const added = changes.flatMap(({ path, after }) => (after !== null && isMigration(path) ? [path] : []))
  const duplicates = batchDuplicates(smuggler.context, { work, texts: changes, added })
  return {
    signals: [...signals, ...duplicates],
    unknown: [
      ...tooLarge,
      ...(changing.length === 0 ? [] : baseless),
      ...unknown,
      ...[problem, mixed].filter((each) => each !== null),
    ],
  }
}

/** The planner loads for those only whose files can need it. */
async function findIn(parsed: readonly string[], engine: SqlEngine, input: SmuggleInput): Promise<Smuggling> {
  const { loadSmuggleFinder } = await import('./smuggle-finder.ts')
  return (await loadSmuggleFinder(parsed, { engine }))(input)
}

function changedSince(cwd: string, before: string, head: string): readonly string[] {
  return pathsIn(
    lookAtGit(cwd, [
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-relative',
      '--no-ext-diff',
      before,
      head,
    ]).stdout,
  )
}

function filesAt(cwd: string, commit: string): readonly string[] {
  return pathsIn(lookAtGit(cwd, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', commit]).stdout)
}

/** As the lanes that batch schema changes say; where they disagree, nobody says which file is for which. */
function engineOf({ loaded }: Smuggler): { readonly engine: SqlEngine; readonly problem: string | null } {
  const dialects = new Set(
    [...loaded.config.lanes.values()].flatMap(({ batching }) => batching?.dialect ?? []),
  )
  const isMysql = dialects.has('mysql')
  const isMixed = isMysql && dialects.size > 1
  return {
    engine: isMysql && !isMixed ? 'mysql' : 'postgres',
    problem: isMixed
      ? `which files are for MySQL: lanes say dialect ${[...dialects].sort().join(' and ')}, and all was read as Postgres`
      : null,
  }
}

interface Flagged {
  /** Null: nobody said for which task it is. */
  readonly isFlagged: boolean | null
  readonly problem: string | null
}

const unflaggable: Flagged = { isFlagged: null, problem: null }

/** Whether the task says that it changes the schema: by the flags that were said, else by its own. */
async function flagOf({ context, loaded, flags }: Smuggler): Promise<Flagged> {
  const lanes = [...loaded.config.lanes.values()].filter(({ batching }) => batching !== null)
  const meant = new Set(lanes.flatMap(({ triggers }) => triggers.flags.map((flag) => flag.toLowerCase())))
  const isMeant = (flag: string): boolean => meant.has(flag.toLowerCase())
  if (flags.flag !== undefined) return { isFlagged: flags.flag.some(isMeant), problem: null }
  if (flags.task === undefined || meant.size === 0) return unflaggable
  const { openEstate } = await import('../estate/open-estate.ts')
  const { openWork } = await import('../task/open-work.ts')
  try {
    await using estate = await openEstate(context, loaded)
    const { tasks, idOf } = openWork(estate, context)
    const task = await tasks.read(idOf(flags.task))
    if (task === null)
      return { isFlagged: null, problem: `the flags of ${flags.task}: there is no such task` }
    return { isFlagged: task.flags.some(isMeant), problem: null }
  } catch (error) {
    if (!isConductError(error)) throw error
    return { isFlagged: null, problem: `the flags of ${flags.task}: ${error.message}` }
  }
}
