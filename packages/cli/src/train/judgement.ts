import type { Approval } from '@conduct/core'
import type { CommandOutcome } from '../command.ts'
import type { ConductedEstate } from '../estate/open-conductor.ts'
import { timeOfDay } from '../lane/text.ts'
import { toWireApproval } from './wire.ts'

/** What approve and deny come to. */
export async function judgement(estate: ConductedEstate, approval: Approval): Promise<CommandOutcome> {
  const runs = await estate.conductor.listRuns()
  const waiting = runs.filter(({ state }) => state === 'waiting_approval')
  const only = waiting.length === 1 ? waiting[0] : undefined
  const plan = approval.planHash.slice(0, 12)
  const next = only === undefined || approval.verdict === 'denied' ? 'status' : `resume ${only.run}`
  return {
    exit: 0,
    data: { approval: toWireApproval(approval) },
    text: () =>
      approval.verdict === 'approved'
        ? `Plan with hash ${plan}… is approved by ${approval.by} until ${timeOfDay(approval.expiresAt)} (${approval.proof}).\n`
        : `Plan with hash ${plan}… is denied by ${approval.by}: ${approval.note ?? 'no reason given'}.\n`,
    next: `${estate.launcher} ${next}`,
  }
}
