import { secretsWithin } from '../secrets.ts'
import { join } from 'node:path'
import { isConductError } from '@conduct/core'
import { checksTimeoutMs, setupTimeoutMs, tryPackedTimeoutMs } from '../limits.ts'
import type { CheckedArtifact, FrozenConsumer, Survey, TrainContext } from '../context.ts'
import { saidBy } from './pack-artifacts.ts'
import { checkFailed, runDeclared } from './run-declared.ts'

/**
 * Tries the packed artifacts in one consumer, in a discarded worktree, then runs the consumer's own checks. Where
 * nothing is adopted there is nothing to try.
 *
 * @throws ConductError CHECK_FAILED (3)
 */
export async function checkConsumer(
  context: TrainContext,
  _survey: Survey,
  consumer: FrozenConsumer,
  artifacts: readonly CheckedArtifact[],
): Promise<void> {
  const { adopter, repo, name } = consumer
  const packed = artifacts.flatMap(({ name: of, version, packed: made }) =>
    made === null ? [] : [{ name: of, version, path: made.path }],
  )
  if (adopter === null || consumer.via === 'none' || packed.length === 0) return
  // There is nothing to try it with: preflight said so.
  if (adopter.manager === 'command') return
  await using worktree = await consumer.mirror.worktree(consumer.commit)
  const where = { frozen: consumer, cwd: worktree.path }
  await runDeclared(context, repo.setup, { ...where, timeoutMs: setupTimeoutMs })
  try {
    await adopter.tryPacked({
      worktree: worktree.path,
      packed,
      context: {
        runCommand: context.runCommand,
        signal: context.signal,
        passEnv: repo.env,
        secrets: await secretsWithin({ cwd: worktree.path, passEnv: repo.env }),
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
  await runDeclared(context, repo.checks, { ...where, timeoutMs: checksTimeoutMs })
}
