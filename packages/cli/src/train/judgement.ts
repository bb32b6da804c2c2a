import type { Approval, RunRecord } from '@conduct/core'
import type { CommandOutcome } from '../command.ts'
import type { ConductedEstate } from '../estate/open-conductor.ts'
import { timeOfDay } from '../lane/text.ts'
import { approvalToJson } from '@conduct/report'
import { proofText } from './proof-text.ts'

/** What approve and deny come to. */
export async function judgement(estate: ConductedEstate, approval: Approval): Promise<CommandOutcome> {
  const runs = await runsWithPlan(estate, approval)
  const waiting = runs.filter(({ asked, irreversibleDone }) => asked?.isHeld !== true && !irreversibleDone)
  const only = waiting.length === 1 ? waiting[0]?.run : undefined
  const next = only === undefined || approval.verdict === 'denied' ? 'status' : `resume ${only}`
  return {
    exit: 0,
    data: { approval: approvalToJson(approval) },
    text: () =>
      approval.verdict === 'approved'
        ? `Plan ${approval.planId} is approved by ${approval.by} until ${timeOfDay(approval.expiresAt)} (${proofText(approval)}); its hash is ${approval.planHash}.\n${heldText(runs)}`
        : `Plan ${approval.planId} is denied by ${approval.by}: ${approval.note ?? 'no reason given'}. Nothing approves it any more.\n${begunText(runs)}`,
    next: `${estate.launcher} ${next}`,
  }
}

/** A run that keeps its lane while it waits goes on by itself. */
function heldText(runs: readonly RunRecord[]): string {
  const held = runs.filter(({ asked }) => asked?.isHeld === true)
  return held.map(({ run }) => `Run ${run} waits with its lane and goes on by itself.\n`).join('')
}

/** What was begun is finished: half a release helps nobody. */
function begunText(runs: readonly RunRecord[]): string {
  const begun = runs.filter(({ irreversibleDone }) => irreversibleDone)
  return begun
    .map(({ run }) => `Run ${run} has begun what cannot be undone; a denial does not stop it any more.\n`)
    .join('')
}

/** Runs that have not ended and whose plan is the one that was judged. */
async function runsWithPlan(
  { conductor }: ConductedEstate,
  { planId, planHash }: Approval,
): Promise<readonly RunRecord[]> {
  const runs = await conductor.listRuns()
  const open = runs.filter(({ state }) => state !== 'done' && state !== 'aborted')
  const records = await Promise.all(open.map(({ run }) => conductor.readRun(run)))
  return records.filter(({ plan }) => plan?.hash === planHash && plan.id === planId)
}
