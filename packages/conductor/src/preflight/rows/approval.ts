import { isConductError } from '@conduct/core'
import { checkSshKeygen } from '../../approval/check-ssh-keygen.ts'
import { proofOf } from '../../approval/standing.ts'
import { approversOf } from '../../approval/who-may-approve.ts'
import { green, notApplicable, red, type Row } from '../row.ts'

/** Somebody may approve what this asker asks for, and this machine can tell whether they did. */
export const row: Row = {
  check: 'approval',
  over: 'producer',
  async judge({ context }) {
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
    if (proofOf(rule) !== 'ssh') return green(one, `May approve: ${approvers.join(', ')}.`)
    try {
      await checkSshKeygen(context)
    } catch (error) {
      if (!isConductError(error, 'SSH_KEYGEN_MISSING')) throw error
      return red(one, `Approvals are signed, and ${error.message}; install OpenSSH 8.2 or newer here.`)
    }
    return green(one, `May approve, with a signature: ${approvers.join(', ')}.`)
  },
}
