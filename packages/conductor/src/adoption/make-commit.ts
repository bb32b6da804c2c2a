import { ConductError, type CommitId, exitCodes, isConductError } from '@conduct/core'
import { fileTreeOfFolder } from '@conduct/ecosystems'
import type { Adopter, EcosystemContext } from '@conduct/ecosystems'
import { askUntil } from '../backoff.ts'
import type { FrozenConsumer, TrainContext } from '../context.ts'
import { conductSignature } from '../signature.ts'
import { type WantedPackage, lockfileProblem } from './prove-lockfile.ts'

/** One update of a lockfile by its package manager. */
const updateTimeoutMs = 10 * 60_000
/** The registry shows our version to us; its other edges may need a moment longer. */
const notVisibleMsMax = 5 * 60_000
const firstWaitMs = 500
const longestWaitMs = 15_000

export interface CommitOptions {
  readonly context: TrainContext
  readonly consumer: FrozenConsumer
  readonly adopter: Adopter
  readonly wanted: readonly WantedPackage[]
  readonly message: string
  readonly wallMs: number
  readonly signal: AbortSignal
}

/**
 * Makes the adoption commit on top of the consumer's frozen head, in a private worktree; nothing leaves the mirror.
 * The same head, packages and time give the same commit.
 *
 * @throws ConductError ADOPT_NOT_PROVED, ADOPT_UNRELATED with the list, or what the package manager said
 */
export async function makeAdoptionCommit(options: CommitOptions): Promise<CommitId> {
  const { consumer, adopter, wanted, signal, context } = options
  await using worktree = await consumer.mirror.worktree(consumer.commit)
  try {
    await update(options, worktree.path)
  } catch (error) {
    throw named(error, consumer.name)
  }
  signal.throwIfAborted()

  const after = fileTreeOfFolder(worktree.path)
  const allowed = new Set<string>()
  for (const one of wanted) {
    const locked = await adopter.read(after, one.name)
    const problem = lockfileProblem(locked, one, await adopter.read(consumer.tree, one.name))
    if (problem !== null) throw new ConductError('ADOPT_NOT_PROVED', `${consumer.name}: ${problem}`)
    for (const manifest of locked.manifests) allowed.add(manifest.path)
    if (locked.lockfile !== null) allowed.add(locked.lockfile)
  }
  const adopted = wanted.map(({ name }) => name)
  const unrelated = await adopter.unrelatedMovements({ before: consumer.tree, after, adopted })
  if (unrelated.length > 0) {
    const moved = unrelated.map((one) => `${one.package} ${one.from ?? 'none'} → ${one.to ?? 'none'}`)
    throw new ConductError('ADOPT_UNRELATED', `${consumer.name}: ${moved.join(', ')}`, {
      details: { repo: consumer.name, movements: unrelated },
    })
  }
  const changed = await worktree.changedPaths()
  // Which files a command writes is its own affair; what they hold was read back.
  const others = adopter.manager === 'command' ? [] : changed.filter((path) => !allowed.has(path))
  if (others.length > 0) {
    throw new ConductError(
      'ADOPT_UNRELATED',
      `${consumer.name}: ${adopter.manager} changed ${others.join(', ')}, which an adoption does not touch`,
      { details: { repo: consumer.name, paths: others } },
    )
  }
  if (changed.length === 0) {
    throw new ConductError('ADOPT_NOT_PROVED', `${consumer.name}: ${adopter.manager} changed nothing`)
  }
  context.emit({ type: 'progress', message: `${consumer.name}: changes ${changed.join(', ')}` })
  return await worktree.commitPaths({
    paths: changed,
    message: options.message,
    author: conductSignature(options.wallMs),
  })
}

/** A package manager knows no consumers: among many, its failure says whose it is. */
function named(error: unknown, consumer: string): unknown {
  const isOfAdopter = isConductError(error) && !isInterruption(error)
  if (!isOfAdopter || error.message.startsWith(`${consumer}:`)) return error
  const { code, message, hint, retryable, details } = error
  return new ConductError(code, `${consumer}: ${message}`, {
    hint,
    retryable,
    details: { ...details, repo: consumer },
    cause: error,
  })
}

function isInterruption({ code, exit }: ConductError): boolean {
  return code === 'INTERRUPTED' || exit === exitCodes.leaseLost
}

async function update(options: CommitOptions, worktree: string): Promise<void> {
  const { context, consumer, adopter, wanted, signal } = options
  const tool: EcosystemContext = {
    runCommand: context.runCommand,
    signal,
    passEnv: consumer.repo.env,
  }
  let last: unknown = null
  const isDone = await askUntil(
    { clock: context.clock, withinMs: notVisibleMsMax, firstMs: firstWaitMs, mostMs: longestWaitMs, signal },
    async () => {
      try {
        await adopter.adopt({
          worktree,
          packages: wanted.map(({ name, version }) => ({ name, version })),
          context: tool,
          timeoutMs: updateTimeoutMs,
        })
        return true
      } catch (error) {
        if (!(error instanceof ConductError && error.code === 'ADOPT_NOT_VISIBLE')) throw error
        last = error
        return null
      }
    },
  )
  if (isDone === null) throw last
}
