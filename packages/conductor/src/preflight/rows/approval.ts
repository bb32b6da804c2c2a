import type { ApprovalRule } from '@conduct/config'
import { isConductError } from '@conduct/core'
import type { TrainContext } from '../../context.ts'
import { askedRepo } from '../../approval/forge-place.ts'
import { checkSshKeygen } from '../../approval/check-ssh-keygen.ts'
import { proofOf } from '../../approval/standing.ts'
import { approversOf } from '../../approval/who-may-approve.ts'
import { green, type Judgement, notApplicable, red, type Row, unknown } from '../row.ts'

/** Somebody may approve what this asker asks for, and this machine can tell whether they did. */
export const row: Row = {
  check: 'approval',
  over: 'producer',
  judge: ({ context }) => judgeApproval(context),
}

type Asking = Pick<TrainContext, 'config' | 'train' | 'identity' | 'runCommand' | 'signal' | 'forge'>

/** The same before anything was surveyed, for whoever only wants to know. */
export async function judgeApproval(context: Asking): Promise<Judgement> {
  const rule = context.config.lanes.get(context.train.lane)?.approval ?? null
  if (rule === null) return notApplicable('lanes.yaml asks for no approval.')
  const plan = {
    id: 'this plan',
    basis: { lane: context.train.lane },
    requestedBy: context.identity.holder,
  }
  const approvers = approversOf({ config: context.config, rule, plan })
  const one = '1 of 1 rules'
  if (approvers.length === 0) {
    return red(
      one,
      `Nobody may approve what ${context.identity.holder} asks for: only ${rule.by.join(', ')} may approve on ${context.train.lane}, and nobody their own; name another approver, or let somebody else run it.`,
    )
  }
  if (proofOf(rule) === 'forge') return await judgeForge(context, rule, approvers)
  if (proofOf(rule) !== 'ssh') return green(one, `May approve: ${approvers.join(', ')}.`)
  try {
    await checkSshKeygen(context)
  } catch (error) {
    if (!isConductError(error, 'SSH_KEYGEN_MISSING')) throw error
    return red(one, `Approvals are signed, and ${error.message}; install OpenSSH 8.2 or newer here.`)
  }
  return green(one, `May approve, with a signature: ${approvers.join(', ')}.`)
}

async function judgeForge(
  context: Asking,
  rule: ApprovalRule,
  approvers: readonly string[],
): Promise<Judgement> {
  const one = '1 of 1 rules'
  const repo = askedRepo(context, rule)
  const at = await context.forge(repo)
  if (at === null) {
    return red(
      one,
      `Approvals are given at the forge, and ${repo} has none; declare it, or take them via: cli.`,
    )
  }
  const [access, self] = await Promise.all([at.repository.readAccess(), at.forge.identity()])
  if (access.state === 'unknown') return unknown('0 of 1 rules', access.reason)
  if (access.state === 'absent' || !access.value.canRead || access.value.isArchived) {
    return red(one, `Nobody can be asked in ${at.repository.fullName}: it is hidden from us or archived.`)
  }
  if (self.state === 'unknown') return unknown('0 of 1 rules', self.reason)
  if (rule.issue !== null) {
    const thread = await at.repository.readThread(rule.issue.number)
    if (thread.state === 'unknown') return unknown('0 of 1 rules', thread.reason)
    if (thread.state === 'absent') {
      return red(
        one,
        `There is no ${at.repository.fullName}#${rule.issue.number}; correct issue in lanes.yaml.`,
      )
    }
  }
  const where = rule.issue === null ? 'in an issue of' : `at #${rule.issue.number} of`
  return green(one, `May approve, ${where} ${at.repository.fullName}: ${approvers.join(', ')}.`)
}
