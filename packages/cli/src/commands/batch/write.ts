import { ConductError, exitCodes, toCommitId } from '@conduct/core'
import { batchRef, type WrittenBatch, writeBatch } from '@conduct/conductor'
import { type BranchWriter, openBranchWriter } from '@conduct/git'
import { textValue } from '../../arguments/values.ts'
import { type BatchClaim, claimBatch } from '../../batch/claim-batch.ts'
import { requireLiveCode } from '../../batch/live-code.ts'
import { makePlan } from '../../batch/make-plan.ts'
import { type PlanFlags, planFlags } from '../../batch/plan-flags.ts'
import { type LayoutName, prepareBatch, type PreparedBatch } from '../../batch/prepare-batch.ts'
import { writtenText, writtenToWire } from '../../batch/written.ts'
import type { CommandContext, CommandRun, CommandSpec } from '../../command.ts'
import { launchHere } from '../../estate/launch.ts'
import { projectFlag, repoFlag } from '../../lane/arguments.ts'
import { untilMergedFlag } from '../../lane/pull-request.ts'

export type Flags = PlanFlags & {
  readonly claim: boolean
  readonly layout?: LayoutName
  readonly repo?: readonly string[]
  readonly project?: string
  readonly untilMerged?: string
  readonly push?: string
  readonly override?: 'code_live'
  readonly reason?: string
}

export const spec: CommandSpec<Flags, [turn: string]> = {
  description: [
    'Writes one turn of the plan as a branch of this repository, conduct/batch-…: one commit per ticket on the base, with the ticket’s own migrations under versions that nobody has. Your checkout is not touched, and nothing is pushed unless --push says where.',
    'For each source branch it offers the commit that removes its own copy.',
    'A turn that takes something away waits for its code to be live: where the trains of lanes.yaml say what runs, one that does not have the base is refused.',
    'With --claim it takes the migration lane first, and marks the tickets as batched: whoever plans meanwhile is told who has them, and gets none of them.',
  ],
  parameters: {
    flags: {
      ...planFlags,
      layout: {
        kind: 'enum',
        values: ['train', 'fused'],
        optional: true,
        brief:
          'train (default): each ticket in files of its own, so that it can be dropped; fused: each table altered once, where that is exact',
      },
      claim: { kind: 'boolean', brief: 'Take the migration lane and the tickets first' },
      repo: repoFlag,
      project: projectFlag,
      untilMerged: untilMergedFlag,
      push: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'remote',
        brief: 'Push the branch of the batch there; it must not exist yet',
      },
      override: {
        kind: 'enum',
        values: ['code_live'],
        optional: true,
        brief: 'Write what takes something away although older code runs; needs --reason',
      },
      reason: {
        kind: 'parsed',
        parse: textValue,
        optional: true,
        placeholder: 'text',
        brief: 'Why the override is right; shown with what was written',
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: textValue, placeholder: 'turn', brief: 'A turn of the plan: turn-1' }],
    },
  },
  examples: [
    ['batch write turn-1 --branch "feature/*"', 'the branch of the first turn, for a look'],
    [
      'batch write turn-1 --branch "feature/*" --claim --push origin',
      'take the lane, and offer it for review',
    ],
  ],
}

export const run: CommandRun<Flags, [turn: string]> = async (context, flags, turn) => {
  if (flags.untilMerged !== undefined && !flags.claim) {
    throw new ConductError('USAGE', '--until-merged goes with --claim', {
      hint: 'Help: conduct batch write --help',
    })
  }
  const made = await makePlan(context, flags)
  const prepared = await prepareBatch(context, made, { turnId: turn, layoutName: flags.layout ?? 'train' })
  const liveCode = await requireLiveCode(context, {
    batching: made.batching,
    turn: prepared.turn,
    base: prepared.batch.base,
    flags,
  })
  const writer = await openBranchWriter({ cwd: context.cwd, signal: context.signal })
  const claim = flags.claim
    ? await claimBatch(context, { batching: made.batching, batch: prepared.batch, flags })
    : null
  if (claim?.outcome === 'answered') return claim.answer
  const written = await writeOrGiveBack({ context, writer, prepared, claim, push: flags.push })
  const lease = claim === null ? null : claim.lease
  const isServerKnown = context.env['CONDUCT_SCRATCH_SERVER'] !== undefined
  const verify = `${launchHere(context, made.batching.loaded?.address ?? null)} batch verify ${written.branch}`
  const outcome = { prepared, written, lease, liveCode, isServerKnown, pushedTo: flags.push ?? null }
  return {
    exit: exitCodes.done,
    data: writtenToWire(outcome),
    text: (style) => writtenText(outcome, style),
    // Without a server the command would not run as it is printed.
    next: isServerKnown ? verify : null,
  }
}

/** What fails after the claim leaves nothing claimed: the next planner finds the tickets where they were. */
async function writeOrGiveBack(options: {
  readonly context: CommandContext
  readonly writer: BranchWriter
  readonly prepared: PreparedBatch
  readonly claim: BatchClaim | null
  readonly push: string | undefined
}): Promise<WrittenBatch> {
  const { writer, prepared, claim, push } = options
  try {
    const written = await writeBatch(writer, prepared.batch, { wallMs: Date.now() })
    if (push !== undefined) await pushBranch(writer, { written, remote: push, id: prepared.batch.id })
    return written
  } catch (error) {
    const isWritten = (await writer.refAt(batchRef(prepared.batch.id))) !== null
    if (!isWritten && claim?.outcome === 'claimed') await claim.giveBack()
    throw error
  }
}

async function pushBranch(
  writer: BranchWriter,
  { written, remote, id }: { readonly written: WrittenBatch; readonly remote: string; readonly id: string },
): Promise<void> {
  const pushed = await writer.push(remote, { ref: batchRef(id), commit: toCommitId(written.commit) })
  if (pushed.outcome === 'pushed') return
  const [code, why] =
    pushed.outcome === 'lost'
      ? (['BATCH_BRANCH_TAKEN', `it stands at ${pushed.actual ?? 'nothing'} there`] as const)
      : (['BATCH_PUSH_REFUSED', pushed.reason] as const)
  if (pushed.outcome === 'lost' && pushed.actual === written.commit) return
  throw new ConductError(code, `${remote} did not take ${written.branch}: ${why}`, {
    hint: `The branch is here: ${written.branch}.`,
  })
}
