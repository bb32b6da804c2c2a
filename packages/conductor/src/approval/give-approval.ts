import type { ApprovalRule } from '@conduct/config'
import {
  type Approval,
  type ApprovalProof,
  ConductError,
  type Plan,
  assertNever,
  toTimestamp,
} from '@conduct/core'
import type { TrainContext } from '../context.ts'
import { addWord } from './approval-store.ts'
import { freshnessOf } from './freshness.ts'
import { signStatement } from './sign-statement.ts'
import { proofOf } from './standing.ts'
import { type Statement, parseStatement } from './statement.ts'
import { verifySignature } from './verify-signature.ts'
import { refuseUnlessApprover, whyNotApprover } from './who-may-approve.ts'

/** How an approval is proved, where it has to be. */
export type Proving =
  | { readonly kind: 'none' }
  /** With ssh-keygen on this machine; `keyFile` null: with the key that lanes.yaml lists, held by an agent. */
  | { readonly kind: 'sign'; readonly keyFile: string | null; readonly cwd: string }
  /** Signed elsewhere: the statement as it was printed, and its signature. Whoever hands it in need be nobody. */
  | { readonly kind: 'signed'; readonly statement: string; readonly signature: string }

/** What an asker wants who may have said no more than yes. */
export function provingOf(approve: boolean | Proving | undefined): Proving | null {
  if (typeof approve === 'object') return approve
  return approve === true ? { kind: 'none' } : null
}

type Giving = Pick<TrainContext, 'config' | 'store' | 'identity' | 'runCommand' | 'signal'>

export interface GivenFor {
  readonly plan: Plan
  readonly rule: ApprovalRule
}

/**
 * Writes an approval down. A signature is checked before, like it will be by every run that relies on it.
 *
 * @throws ConductError APPROVAL_REFUSED, APPROVAL_UNSIGNED, APPROVAL_DENIED, APPROVAL_EXPIRED, SIGNATURE_INVALID,
 *   SIGNING_FAILED (6), SSH_KEYGEN_MISSING (1)
 */
export async function giveApproval(
  context: Giving,
  given: GivenFor,
  how: { readonly note: string | null; readonly proving: Proving },
): Promise<Approval> {
  const { proving } = how
  if (proofOf(given.rule) === 'forge') throw onlyAtForge(given.plan)
  switch (proving.kind) {
    case 'none': {
      const by = refuseUnlessApprover({ ...given, config: context.config }, context.identity)
      if (given.rule.signed) throw unsigned(given.plan, by)
      return await record(context, await statementOf(context, given, { by, note: how.note }), {
        proof: 'attributed',
      })
    }
    case 'sign': {
      const by = refuseUnlessApprover({ ...given, config: context.config }, context.identity)
      const statement = await statementOf(context, given, { by, note: how.note })
      const signature = await signStatement(statement, { ...context, ...proving })
      return await recordSigned(context, given, { statement, signature })
    }
    case 'signed':
      return await recordSigned(context, given, {
        statement: parseStatement(proving.statement),
        signature: proving.signature,
      })
    default:
      return assertNever(proving)
  }
}

/** What somebody would sign who approves now. */
export async function statementOf(
  context: Pick<Giving, 'config' | 'store'>,
  { plan, rule }: GivenFor,
  words: { readonly by: string; readonly note: string | null },
): Promise<Statement> {
  const { wallMs } = await context.store.register.now()
  return {
    estate: context.config.estate,
    train: plan.basis.train,
    planId: plan.id,
    planHash: plan.hash,
    by: words.by,
    at: toTimestamp(wallMs),
    expiresAt: toTimestamp(wallMs + rule.expiresMs),
    note: words.note === '' ? null : words.note,
  }
}

async function recordSigned(
  context: Giving,
  { plan, rule }: GivenFor,
  signed: { readonly statement: Statement; readonly signature: string },
): Promise<Approval> {
  const { statement, signature } = signed
  const isOfThis =
    statement.planId === plan.id &&
    statement.planHash === plan.hash &&
    statement.train === plan.basis.train &&
    statement.estate === context.config.estate
  if (!isOfThis) {
    const message = `what was signed is plan ${statement.planId} of train ${statement.train} (${statement.estate}), not plan ${plan.id} of ${plan.basis.train} (${context.config.estate})`
    throw new ConductError('SIGNATURE_INVALID', message)
  }
  const because = whyNotApprover({ config: context.config, rule, plan }, statement.by)
  if (because !== null) throw new ConductError('APPROVAL_REFUSED', because)
  const verdict = await verifySignature(signed, context)
  if (!verdict.isGood) {
    throw new ConductError(
      'SIGNATURE_INVALID',
      `the signature of plan ${plan.id} does not count: ${verdict.because}`,
    )
  }
  const nowMs = (await context.store.register.now()).wallMs
  const freshness = freshnessOf(statement, { expiresMs: rule.expiresMs, nowMs })
  if (!freshness.isFresh) {
    throw new ConductError('APPROVAL_EXPIRED', `what was signed is no longer good: ${freshness.because}`, {
      hint: 'Print the statement again and sign that.',
    })
  }
  return record(context, statement, { proof: 'ssh', signature, key: verdict.key })
}

function record(context: Giving, statement: Statement, proof: ApprovalProof): Promise<Approval> {
  const { planId, planHash, by, at, expiresAt, note } = statement
  const words = { format: 1, planId, planHash, by, at, expiresAt, note, verdict: 'approved' } as const
  return addWord(context.store, { ...words, ...proof })
}

function unsigned(plan: Plan, by: string): ConductError {
  return new ConductError(
    'APPROVAL_UNSIGNED',
    `lanes.yaml asks for a signed approval of plan ${plan.id}: being called ${by} is not enough`,
  )
}

function onlyAtForge(plan: Plan): ConductError {
  return new ConductError(
    'APPROVAL_REFUSED',
    `lanes.yaml asks for approvals of ${plan.basis.lane} at the forge, not on the command line`,
    { hint: `The run says where; comment there: /conduct approve ${plan.hash}` },
  )
}
