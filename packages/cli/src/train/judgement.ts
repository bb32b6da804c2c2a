import type { Approval } from '@conduct/core'
import type { CommandOutcome } from '../command.ts'
import type { ConductedEstate } from '../estate/open-conductor.ts'
import { timeOfDay } from '../lane/text.ts'
import { approvalToJson } from '@conduct/report'

/** What approve and deny come to. */
export async function judgement(estate: ConductedEstate, approval: Approval): Promise<CommandOutcome> {
  const waiting = await runsWithPlan(estate, approval.planHash)
  const only = waiting.length === 1 ? waiting[0] : undefined
  const plan = approval.planHash.slice(0, 12)
  const next = only === undefined || approval.verdict === 'denied' ? 'status' : `resume ${only}`
  return {
    exit: 0,
    data: { approval: approvalToJson(approval) },
    text: () =>
      approval.verdict === 'approved'
        ? `Plan with hash ${plan}… is approved by ${approval.by} until ${timeOfDay(approval.expiresAt)} (${approval.proof}).\n`
        : `Plan with hash ${plan}… is denied by ${approval.by}: ${approval.note ?? 'no reason given'}.\n`,
    next: `${estate.launcher} ${next}`,
  }
}

/** Runs that have not ended and whose plan is the one that was judged. */
async function runsWithPlan({ conductor }: ConductedEstate, planHash: string): Promise<readonly string[]> {
  const runs = await conductor.listRuns()
  const open = runs.filter(({ state }) => state === 'waiting_approval' || state === 'stopped')
  const records = await Promise.all(open.map(({ run }) => conductor.readRun(run)))
  return records.filter(({ plan }) => plan?.hash === planHash).map(({ run }) => run)
}
