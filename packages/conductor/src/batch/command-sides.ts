import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from '@conduct/config'
import type { BranchWriter, Worktree } from '@conduct/git'
import { allocateVersions, identifyFile, renamedPath, type SourceFile } from '@conduct/planner'
import { runCommand } from '@conduct/subprocess'
import { describeOutcome, outputTail, succeeded } from '../command-outcome.ts'
import { showCommand } from '../template.ts'
import type { ScratchDatabase } from './scratch-server.ts'
import type { Sides, VerifyStep } from './verify-batch.ts'
import type { WrittenSources } from './written-sources.ts'

export interface CommandSidesOptions {
  readonly writer: BranchWriter
  /** Where private worktrees are made. */
  readonly folder: string
  readonly sources: WrittenSources
  /** Brings the database of `DATABASE_URL` to what the files say. */
  readonly command: Command
  /** Runs first in each worktree. */
  readonly setup: readonly Command[]
  readonly passEnv: readonly string[]
  readonly signal?: AbortSignal | undefined
}

const commandMsMax = 10 * 60_000

/** The app's own command, in private worktrees: after the base, after each ticket that comes in, and after the batch. */
export async function openCommandSides(
  options: CommandSidesOptions,
): Promise<AsyncDisposable & { readonly sides: Sides }> {
  const { writer, folder, sources } = options
  await using made = new AsyncDisposableStack()
  const open = async (): Promise<Worktree> => made.use(await writer.worktree(sources.base.commit, folder))
  const [forBatch, forTickets] = [await open(), await open()]
  const base = (worktree: Worktree): VerifyStep => ({
    name: 'base',
    run: async (database) => {
      for (const command of options.setup) {
        const problem = await runIn(worktree, command, { database, options })
        if (problem !== null) return problem
      }
      return runIn(worktree, options.command, { database, options })
    },
  })
  const used = new Set(sources.base.files.flatMap(({ path: file }) => identifyFile(file)?.version ?? []))
  const step = (worktree: Worktree, name: string, files: readonly SourceFile[]): VerifyStep => ({
    name,
    run: async (database) => {
      const written = await writeFiles(worktree, files)
      const problem = await runIn(worktree, options.command, { database, options })
      // Two tickets may bring one class name; it is only the batch that has to give one of them another.
      for (const at of written) if (at.endsWith('.rb')) await rm(at)
      return problem
    },
  })
  const sides = {
    batch: [base(forBatch), step(forBatch, 'batch', sources.batch.files)],
    tickets: [
      base(forTickets),
      ...sources.tickets.map(({ id, files }) => step(forTickets, id, withOwnVersions(files, used))),
    ],
  }
  const kept = made.move()
  return { sides, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function writeFiles(worktree: Worktree, files: readonly SourceFile[]): Promise<readonly string[]> {
  const written: string[] = []
  for (const { path: file, text, kind } of files) {
    if (kind === 'deleted') continue
    const at = path.join(worktree.path, file)
    await mkdir(path.dirname(at), { recursive: true })
    await writeFile(at, text)
    written.push(at)
  }
  return written
}

/** What has run under a version never runs again under it: a version that an earlier ticket has, too, becomes the next one. */
function withOwnVersions(files: readonly SourceFile[], used: Set<string>): readonly SourceFile[] {
  return files.map((file) => {
    const version = identifyFile(file.path)?.version
    if (version === undefined) return file
    const [next = version] = allocateVersions({ count: 1, taken: [...used, version], now: new Date(0) })
    const own = used.has(version) ? next : version
    used.add(own)
    return own === version ? file : { ...file, path: renamedPath(file.path, { version: own, part: 1 }) }
  })
}

async function runIn(
  worktree: Worktree,
  command: Command,
  { database, options }: { readonly database: ScratchDatabase; readonly options: CommandSidesOptions },
): Promise<string | null> {
  const { password } = new URL(database.url)
  const result = await runCommand(command, {
    cwd: worktree.path,
    timeoutMs: commandMsMax,
    passEnv: options.passEnv,
    env: { DATABASE_URL: database.url },
    secrets: [database.url, ...(password === '' ? [] : [decodeURIComponent(password)])],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  if (succeeded(result)) return null
  const said = outputTail(result)
  return `${showCommand(command)}: ${describeOutcome(result)}${said === '' ? '' : `\n${said}`}`
}
