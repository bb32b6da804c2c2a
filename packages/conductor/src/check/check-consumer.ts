import { secretsWithin } from '../secrets.ts'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { checksTimeoutMs, tryPackedTimeoutMs } from '../limits.ts'
import type { CheckedArtifact, FrozenConsumer, TrainContext } from '../context.ts'
import type { Workplace } from '../workplace.ts'
import { saidBy } from './pack-artifacts.ts'
import { checkFailed, runDeclared } from './run-declared.ts'
import { openTrial, triesPacked } from './trials.ts'

/**
 * Tries the packed artifacts in one consumer, in a discarded worktree, then runs the consumer's own checks. Where
 * nothing is adopted there is nothing to try.
 *
 * @param begun where it is tried; absent: a worktree that is opened for it.
 * @throws ConductError CHECK_FAILED (3)
 */
export async function checkConsumer(
  context: TrainContext,
  consumer: FrozenConsumer,
  artifacts: readonly CheckedArtifact[],
  begun: Workplace | null = null,
): Promise<void> {
  const { adopter, repo, name } = consumer
  const packed = artifacts.flatMap(({ name: of, version, packed: made }) =>
    made === null ? [] : [{ name: of, version, path: made.path }],
  )
  if (adopter === null || !triesPacked(consumer) || packed.length === 0) return
  await using trial = begun ?? openTrial(context, consumer)
  const worktree = await trial.path()
  try {
    await adopter.tryPacked({
      worktree,
      packed,
      context: {
        runCommand: context.runCommand,
        signal: context.signal,
        passEnv: repo.env,
        secrets: await secretsWithin({ cwd: worktree, passEnv: repo.env }),
        cacheDir: join(context.cacheDir, 'tools'),
      },
      timeoutMs: tryPackedTimeoutMs,
    })
  } catch (error) {
    if (!isConductError(error)) throw error
    context.signal.throwIfAborted()
    const what = `try ${artifacts.map((artifact) => `${artifact.name}@${artifact.version}`).join(', ')}`
    throw checkFailed({ repo: name, what, how: error.message, output: saidBy(error) }, error)
  }
  await runDeclared(context, repo.checks, { frozen: consumer, cwd: worktree, timeoutMs: checksTimeoutMs })
}
