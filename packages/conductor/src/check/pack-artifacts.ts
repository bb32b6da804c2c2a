import { secretsWithin } from '../secrets.ts'
import { isConductError } from '@conduct/core'
import { checksTimeoutMs, setupTimeoutMs } from '../limits.ts'
import type { CheckedArtifact, Survey, TrainContext } from '../context.ts'
import { checkFailed, runDeclared } from './run-declared.ts'

/**
 * Setup and checks of the producer at its frozen commit, then the tarballs that publish will send, in `outDir`.
 *
 * @throws ConductError CHECK_FAILED (3)
 */
export async function packArtifacts(
  context: TrainContext,
  survey: Survey,
  outDir: string,
): Promise<readonly CheckedArtifact[]> {
  const { producer } = survey
  await using worktree = await producer.mirror.worktree(producer.commit)
  const where = { frozen: producer, cwd: worktree.path }
  await runDeclared(context, producer.repo.setup, { ...where, timeoutMs: setupTimeoutMs })
  await runDeclared(context, producer.repo.checks, { ...where, timeoutMs: checksTimeoutMs })
  const passEnv = producer.repo.env
  const secrets = await secretsWithin({ cwd: worktree.path, passEnv })
  const packed: CheckedArtifact[] = []
  for (const artifact of survey.artifacts) {
    if (!artifact.isPacked) {
      packed.push({ ...artifact, packed: null })
      continue
    }
    try {
      const made = await artifact.publisher.pack({
        worktree: worktree.path,
        package: artifact.discovered,
        outDir,
        context: { runCommand: context.runCommand, signal: context.signal, passEnv, secrets },
      })
      packed.push({ ...artifact, packed: made })
    } catch (error) {
      if (!isConductError(error, 'PACK_FAILED')) throw error
      throw checkFailed(
        { repo: producer.name, what: 'pack', how: error.message, output: saidBy(error) },
        error,
      )
    }
  }
  return packed
}

/** What a failed tool printed, where its error kept it. */
export function saidBy(error: { readonly details: Readonly<Record<string, unknown>> }): string {
  const { stderr, stdout } = error.details
  const text = typeof stderr === 'string' && stderr.trim() !== '' ? stderr : stdout
  return typeof text === 'string' ? text.trimEnd() : ''
}
