import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { ConductError } from '@conduct/core'
import { type ChangedBranch, readBranchChanges } from '@conduct/git'
import {
  identifyFile,
  isDefinition,
  isLockfile,
  isMigration,
  isPrismaSchema,
  isSchemaFile,
  isUndoFile,
  loadMigrationReader,
  loadSmuggleFinder,
  mayBeSmuggled,
  type MigrationFile,
  type Schema,
  type SchemaTicket,
  type SourceFile,
  type SqlEngine,
  type TicketSmuggled,
} from '@conduct/planner'

interface SourceFlags {
  readonly branch?: readonly string[]
  readonly base: string
  readonly folder?: readonly (readonly [name: string, folder: string])[]
  readonly baseFolder?: string
  readonly under?: readonly string[]
  /** Which server the migrations are for; absent: Postgres. */
  readonly engine?: SqlEngine
}

export interface SourceTicket extends SchemaTicket {
  /** When its branch was last committed to; null for a folder. */
  readonly waitingSinceMs: number | null
  /** Null for a folder. */
  readonly branch: SourceBranch | null
  /** What it brings: migrations, what takes them back, and what they have led to. */
  readonly changes: readonly SourceFile[]
}

export interface SourceBranch {
  readonly head: string
  /** Where it left the base; null: they have no common past. */
  readonly from: string | null
}

export interface Sources {
  readonly tickets: readonly SourceTicket[]
  readonly files: readonly MigrationFile[]
  readonly base: Schema
  /** What stands in the way of knowing the base; null when it is known. */
  readonly baseProblem: string | null
  /** All branches that were looked at, those without a schema change among them. */
  readonly looked: number
  readonly branches: readonly string[]
  /** Null for folders. */
  readonly baseCommit: string | null
  readonly basePaths: readonly string[]
  /** What branches change of the schema beside their migrations, or without them. */
  readonly findSmuggled: () => Promise<readonly TicketSmuggled[]>
}

interface Place {
  readonly cwd: string
  readonly signal: AbortSignal
}

/** @throws ConductError BATCH_SOURCE_MISSING  nothing matched, so that there is nothing to say about. */
export async function readSources(flags: SourceFlags, place: Place): Promise<Sources> {
  const isUnder = (file: string): boolean =>
    (flags.under ?? ['']).some((top) => top === '' || file.startsWith(`${top.replace(/\/$/, '')}/`))
  const isRead = (file: string): boolean =>
    isSchemaFile(file) ||
    isJournal(file) ||
    ((isMigration(file) || isUndoFile(file) || isDefinition(file)) && isUnder(file))
  const isReadOnBase = (file: string): boolean => isRead(file) || isLockfile(file) || isPrismaSchema(file)
  const isWanted = (file: string): boolean =>
    isRead(file) || (!isMigration(file) && isUnder(file) && mayBeSmuggled(file))
  const branches = flags.branch ?? []
  const changed =
    branches.length === 0
      ? null
      : await readBranchChanges({
          ...place,
          base: flags.base,
          branches,
          isWanted,
          isWantedOnBase: isReadOnBase,
        })
  const folders = await Promise.all(
    (flags.folder ?? []).map(async ([name, folder]) => ({
      name,
      found: await filesIn(folder, {
        cwd: place.cwd,
        isMeant: (file) => isRead(file) || mayBeSmuggled(file),
      }),
      branch: null,
      waitingSinceMs: null,
    })),
  )
  const ofFolders = folders.map(({ found, ...each }) => ({
    ...each,
    changes: found.filter((file) => isRead(file.path)),
  }))
  const opened = (changed?.branches ?? []).filter(({ name }) => !isBatchBranch(name))
  const fromBranches = opened.map(({ name, changes, head, from, committedMs }) => ({
    name,
    changes: changes.filter((each) => isRead(each.path)),
    branch: { head, from },
    waitingSinceMs: committedMs,
  }))
  const all = [...fromBranches, ...ofFolders]
  if (all.length === 0) {
    throw new ConductError('BATCH_SOURCE_MISSING', `no branch matches ${branches.join(', ')}`)
  }
  const onBase: readonly SourceFile[] =
    flags.baseFolder === undefined
      ? (changed?.base.files ?? []).map((each) => ({ ...each, kind: 'added' }))
      : await filesIn(flags.baseFolder, { cwd: place.cwd, isMeant: isMigration })
  const files = [...onBase, ...all.flatMap((each) => each.changes)]
  const reader = await loadMigrationReader(
    files.map((each) => each.path),
    { engine: flags.engine ?? 'postgres' },
  )
  const base = reader.readBase(onBase)
  const found = all.map((each) => ({ ...each, ...reader.readTicket(each.name, each.changes, base.schema) }))
  return {
    tickets: found
      .filter((each) => each.operations.length > 0)
      .map(({ name, operations, branch, waitingSinceMs, changes }) => ({
        id: name,
        operations,
        branch,
        waitingSinceMs,
        changes,
      })),
    files: [...base.files, ...found.flatMap((each) => each.files)],
    base: base.schema,
    baseProblem: base.problem,
    looked: all.length,
    branches: opened.map((each) => each.name),
    baseCommit: changed?.base.commit ?? null,
    basePaths: onBase.map((each) => each.path),
    findSmuggled: () =>
      smuggledBy([...opened, ...folders.map(asChanged)], { onBase, engine: flags.engine ?? 'postgres' }),
  }
}

/** Made by `batch write`: other tickets' work, and no ticket. */
function isBatchBranch(name: string): boolean {
  return name.startsWith('conduct/batch-')
}

/** Of Drizzle: which migrations it runs. */
function isJournal(file: string): boolean {
  return file.endsWith('meta/_journal.json')
}

type ChangedTexts = Pick<ChangedBranch, 'name' | 'changes'>

/** A folder has no past: all that is in it is new. */
function asChanged(folder: { readonly name: string; readonly found: readonly SourceFile[] }): ChangedTexts {
  const { name, found } = folder
  return {
    name,
    changes: found.map(({ path: file, text, kind }) => ({ path: file, text, kind, before: null })),
  }
}

async function smuggledBy(
  branches: readonly ChangedTexts[],
  { onBase, engine }: { readonly onBase: readonly SourceFile[]; readonly engine: SqlEngine },
): Promise<readonly TicketSmuggled[]> {
  const paths = branches.flatMap(({ changes }) => changes.map((each) => each.path))
  const find = await loadSmuggleFinder(paths, { engine })
  const schemaFile = onBase.find((each) => isSchemaFile(each.path))?.path ?? null
  const origins = onBase.flatMap(({ path: file }) => identifyFile(file)?.origin ?? [])
  return branches.flatMap(({ name, changes }) => {
    const texts = changes.map(({ path: file, kind, text, before }) => ({
      path: file,
      before,
      after: kind === 'deleted' ? null : text,
    }))
    const found = find({ changes: texts, isFlagged: null, schemaFile, origins })
    return found.signals.length + found.unknown.length === 0 ? [] : [{ ticket: name, ...found }]
  })
}

async function filesIn(
  folder: string,
  { cwd, isMeant }: { readonly cwd: string; readonly isMeant: (file: string) => boolean },
): Promise<readonly SourceFile[]> {
  const top = path.resolve(cwd, folder)
  const entries = await listFolder(top, folder)
  const wanted = entries.map((entry) => path.join(folder, entry).replaceAll('\\', '/')).filter(isMeant)
  return Promise.all(
    wanted.sort().map(async (file) => ({
      path: file,
      text: await readFile(path.resolve(cwd, file), 'utf8'),
      kind: 'added' as const,
    })),
  )
}

async function listFolder(top: string, named: string): Promise<readonly string[]> {
  try {
    return await readdir(top, { recursive: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new ConductError('BATCH_SOURCE_MISSING', `there is no folder ${named}`, { cause: error })
  }
}
