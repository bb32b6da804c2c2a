import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ConductError, isConductError } from '@conduct/core'
import type { CommandResult } from '@conduct/subprocess'
import semver from 'semver'
import { fileTreeOfFolder } from '../file-tree.ts'
import type { Lockfile } from '../lockfiles/lockfile.ts'
import type { Adopter, FileTree } from '../ports.ts'
import { runTool, succeeded } from '../run-tool.ts'
import { adoptError, type InstallFailure, readInstallFailure } from './install-failure.ts'
import { type FollowedSettings, withSettings } from './followed-settings.ts'
import type { ManifestEdit, Wanted } from './adoption-edits.ts'

/** The manifests name exactly the adopted versions, or what is kept. */
export type ManifestState = 'pinned' | 'after'

export interface LockingManager {
  readonly name: string
  /** Repositories that this manager cannot adopt in at all. @throws ConductError ADOPT_FAILED */
  readonly refuse?: (tree: FileTree) => Promise<void>
  readonly editsOf: (tree: FileTree, wanted: readonly Wanted[]) => Promise<readonly ManifestEdit[]>
  readonly readLockfile: (tree: FileTree) => Promise<Lockfile | null>
  /** Brings the lockfile in line with the manifests, running nobody's scripts and installing nothing. */
  readonly lockArgv: (
    lockfile: Lockfile,
    state: ManifestState,
    wanted: readonly Wanted[],
  ) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What its failures mean; without it, as npm and pnpm say them. */
  readonly readFailure?: (result: CommandResult) => InstallFailure
  /** What the repository's settings say while it runs. */
  readonly settings?: FollowedSettings
  /** Before each of its runs. */
  readonly beforeLock?: (worktree: string) => Promise<void>
  /** Between the two states, with the manifests as they stay; such a manager is always asked twice. */
  readonly betweenStates?: (worktree: string, wanted: readonly Wanted[], before: Lockfile) => Promise<void>
  /** It formats manifests in its own way: what it made of them is not kept. */
  readonly reformats?: true
  /** After the last run, before anything is compared. */
  readonly afterwards?: (worktree: string, before: Lockfile) => Promise<void>
  /** Whether one version is newer than another, where versions are not semantic ones. */
  readonly isNewer?: (version: string, than: string) => boolean
  /** Files besides the lockfile that this manager is known to rewrite by itself. */
  readonly watched: readonly string[]
}

export type AdoptOptions = Parameters<Adopter['adopt']>[0]

/**
 * Locks exactly the wanted versions. A manager asked to update picks the newest version a range takes, or an
 * older one that some gate prefers; so it is asked twice: with exact versions in the manifests, where it has no
 * choice, and with the ranges that stay, which the locked versions then satisfy.
 *
 * If anything fails, every file is as it was.
 *
 * @returns the files that it may have changed.
 */
export async function adoptWith(manager: LockingManager, options: AdoptOptions): Promise<readonly string[]> {
  const tree = fileTreeOfFolder(options.worktree)
  const { lockfile, edits } = await prepareAdoption(manager, tree, options.packages)
  const snapshot = await readFiles(options.worktree, [
    lockfile.file,
    ...manager.watched,
    ...edits.map((edit) => edit.file),
  ])

  const isPinnedOnly =
    manager.betweenStates === undefined && edits.every((edit) => edit.pinned === edit.after)
  const states = isPinnedOnly ? (['after'] as const) : (['pinned', 'after'] as const)
  let leftMs = options.timeoutMs
  try {
    for (const state of states) {
      await writeState(options.worktree, edits, state)
      if (state === 'after') await manager.betweenStates?.(options.worktree, options.packages, lockfile)
      await manager.beforeLock?.(options.worktree)
      leftMs -= (await lock({ manager, lockfile, options, leftMs, state })).durationMs
    }
    if (manager.reformats === true) await writeState(options.worktree, edits, 'after')
    await manager.afterwards?.(options.worktree, lockfile)
    await refuseOtherChanges(options.worktree, snapshot, { edits, lockfile })
    refuseOtherFormat(lockfile, await manager.readLockfile(tree))
    return [lockfile.file, ...edits.map((edit) => edit.file)]
  } catch (error) {
    await restoreFiles(options.worktree, snapshot)
    throw error
  }
}

interface PreparedAdoption {
  readonly lockfile: Lockfile
  readonly edits: readonly ManifestEdit[]
}

/** Everything that files alone can refuse. @throws ConductError ADOPT_FAILED, FILE_UNREADABLE */
async function prepareAdoption(
  manager: LockingManager,
  tree: FileTree,
  wanted: readonly Wanted[],
): Promise<PreparedAdoption> {
  const lockfile = await manager.readLockfile(tree)
  if (lockfile === null) throw new ConductError('ADOPT_FAILED', `there is no lockfile of ${manager.name}`)
  await manager.refuse?.(tree)
  refuseSteppingBack(manager, lockfile, wanted)
  return { lockfile, edits: await manager.editsOf(tree, wanted) }
}

/** What `adopt` would refuse before it runs anything; one package at a time, so that all of it is said at once. */
export function obstaclesOf(manager: LockingManager): Adopter['obstacles'] {
  return async (tree, wanted) => {
    const said = await Promise.all(
      wanted.map(async (one) => {
        try {
          await prepareAdoption(manager, tree, [one])
          return []
        } catch (error) {
          if (!isConductError(error, 'ADOPT_FAILED')) throw error
          return [error.message]
        }
      }),
    )
    return [...new Set(said.flat())]
  }
}

/** The lowest time a command is given when the time for both is nearly used up. */
const lockMsMin = 1000

interface LockRun {
  readonly manager: LockingManager
  readonly lockfile: Lockfile
  readonly options: AdoptOptions
  readonly leftMs: number
  readonly state: ManifestState
}

async function lock({ manager, lockfile, options, leftMs, state }: LockRun): Promise<CommandResult> {
  const argv = manager.lockArgv(lockfile, state, options.packages)
  const { worktree, context } = options
  const settings = (await manager.settings?.(worktree, context)) ?? new Map<string, string>()
  const result = await withSettings(worktree, settings, () =>
    runTool({
      argv,
      cwd: worktree,
      timeoutMs: Math.max(lockMsMin, leftMs),
      context,
      ...(manager.env === undefined ? {} : { env: manager.env }),
    }),
  )
  if (succeeded(result)) return result
  const failure = (manager.readFailure ?? readInstallFailure)(result)
  throw adoptError({ adopted: options.packages, argv, result, failure })
}

/** A manager of another generation that regenerates every entry would hide what moved. */
function refuseOtherFormat(before: Lockfile, after: Lockfile | null): void {
  if (after?.lockfileVersion === before.lockfileVersion) return
  throw new ConductError(
    'ADOPT_FAILED',
    `${before.file} was rewritten from format ${before.lockfileVersion} to ${after?.lockfileVersion ?? 'nothing'}`,
    { hint: 'Use the version of the package manager that this repository is locked with.' },
  )
}

function isNewerVersion(version: string, than: string): boolean {
  return semver.valid(version) !== null && semver.gt(version, than)
}

function refuseSteppingBack(
  { isNewer = isNewerVersion }: LockingManager,
  lockfile: Lockfile,
  wanted: readonly Wanted[],
): void {
  for (const { name, version } of wanted) {
    const locked = lockfile.nodes.filter((node) => node.name === name)
    if (locked.length > 0 && locked.every((node) => isNewer(node.version, version))) {
      const newer = [...new Set(locked.map((node) => node.version))].join(', ')
      throw new ConductError(
        'ADOPT_FAILED',
        `${lockfile.file} holds ${name} ${newer}, newer than ${version}`,
        {
          hint: 'Adopting never goes back; leave this consumer out, or lock the older version by hand.',
        },
      )
    }
  }
}

type Snapshot = ReadonlyMap<string, string | null>

async function readFiles(worktree: string, files: readonly string[]): Promise<Snapshot> {
  const tree = fileTreeOfFolder(worktree)
  const read = [...new Set(files)].map(async (file) => [file, await tree.readFile(file)] as const)
  return new Map(await Promise.all(read))
}

async function restoreFiles(worktree: string, snapshot: Snapshot): Promise<void> {
  for (const [file, text] of snapshot) {
    const target = path.join(worktree, file)
    if (text === null) await rm(target, { force: true })
    else await writeFile(target, text)
  }
}

async function writeState(
  worktree: string,
  edits: readonly ManifestEdit[],
  state: 'pinned' | 'after',
): Promise<void> {
  for (const edit of edits) await writeFile(path.join(worktree, edit.file), edit[state])
}

/** A manager that writes into its own settings, as pnpm does to let a young version through, is not followed. */
async function refuseOtherChanges(
  worktree: string,
  snapshot: Snapshot,
  { edits, lockfile }: { readonly edits: readonly ManifestEdit[]; readonly lockfile: Lockfile },
): Promise<void> {
  for (const [file, before] of snapshot) {
    if (file === lockfile.file) continue
    const expected = edits.find((edit) => edit.file === file)?.after ?? before
    const now = await readFile(path.join(worktree, file), 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw error
    })
    if (now !== expected) {
      throw new ConductError(
        'ADOPT_FAILED',
        `the package manager rewrote ${file}, which is not its lockfile`,
        {
          details: { file, written: now },
        },
      )
    }
  }
}
