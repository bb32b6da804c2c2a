import type { ApprovalRule } from '@conduct/config'
import { type Approval, ConductError, type Plan, assertNever } from '@conduct/core'
import type { TrainContext } from '../context.ts'
import { addWord, deniedError, readWords } from './approval-store.ts'
import { findPlace } from './forge-place.ts'
import { readForgeWords } from './forge-words.ts'
import { type Standing, standingOf } from './standing.ts'
import { verifySignature } from './verify-signature.ts'

export interface Looked {
  readonly standing: Standing
  /** Version of the document that was read, to wait for a change of it. */
  readonly version: number
  /** Address of the place at the forge; null: there is none, or nobody was asked there yet. */
  readonly place: string | null
}

type Looking = Pick<TrainContext, 'config' | 'store' | 'runCommand' | 'signal' | 'forge' | 'train'>

/**
 * Reads what was said about a plan and what it comes to now, by the governing lanes.yaml and the store's clock.
 *
 * @throws ConductError OUTCOME_UNKNOWN (30) when the forge could not be read, FORGE_*, SSH_KEYGEN_MISSING (1)
 */
export async function lookForApproval(
  context: Looking,
  options: { readonly plan: Plan; readonly rule: ApprovalRule },
): Promise<Looked> {
  const { plan, rule } = options
  const [{ words, version }, forge] = await Promise.all([
    readWords(context.store, plan),
    rule.via === 'forge' ? askForge(context, options) : nothingAtForge,
  ])
  const now = await context.store.register.now()
  const standing = await standingOf({
    config: context.config,
    rule,
    plan,
    words: [...words, ...forge.words],
    nowMs: now.wallMs,
    whyNotProved: (approval) =>
      forge.words.includes(approval) ? Promise.resolve(null) : whyNotProved(context, plan, approval),
  })
  const noted =
    standing.state === 'missing'
      ? { ...standing, notCounted: [...standing.notCounted, ...forge.discarded] }
      : standing
  // Every other run and command of this plan has to find it denied, without asking the forge.
  if (noted.state === 'denied' && forge.words.includes(noted.approval)) {
    await addWord(context.store, noted.approval)
  }
  return { standing: noted, version, place: forge.place }
}

const nothingAtForge = { words: [] as readonly Approval[], discarded: [], place: null }

async function askForge(
  context: Looking,
  options: { readonly plan: Plan; readonly rule: ApprovalRule },
): Promise<{
  readonly words: readonly Approval[]
  readonly discarded: readonly string[]
  readonly place: string | null
}> {
  const place = await findPlace(context, options)
  if (place.state === 'absent') return nothingAtForge
  const read = place.state === 'unknown' ? place : await readForgeWords(context.config, place.value, options)
  if (place.state === 'present' && read.state === 'present') return { ...read.value, place: place.value.url }
  const reason = read.state === 'unknown' ? read.reason : 'the place is gone'
  throw new ConductError(
    'OUTCOME_UNKNOWN',
    `whether plan ${options.plan.id} was approved at the forge is not known: ${reason}`,
  )
}

async function whyNotProved(context: Looking, plan: Plan, approval: Approval): Promise<string | null> {
  switch (approval.proof) {
    case 'attributed':
      return null
    case 'ssh': {
      const { signature } = approval
      const statement = { ...approval, estate: context.config.estate, train: plan.basis.train }
      const verdict = await verifySignature({ statement, signature }, context)
      return verdict.isGood ? null : verdict.because
    }
    case 'forge':
      return 'the forge does not show it'
    default:
      return assertNever(approval)
  }
}

/**
 * The approval, or null while one may still come.
 *
 * @throws ConductError APPROVAL_DENIED (6)
 */
export function approvalIn(standing: Standing, nextIfDenied: string): Approval | null {
  if (standing.state === 'denied') throw deniedError(standing.approval, nextIfDenied)
  return standing.state === 'approved' ? standing.approval : null
}

/** Why the run waits, as the error it stops with. */
export function missingError(
  standing: Standing,
  wait: { readonly sentence: string; readonly hint: string },
): ConductError {
  const { sentence, hint } = wait
  if (standing.state === 'expired') {
    const { approval, because } = standing
    const message = `the approval of plan ${approval.planId} by ${approval.by} is no longer good: ${because}; ${sentence}`
    return new ConductError('APPROVAL_EXPIRED', message, { hint })
  }
  const notes = standing.state === 'missing' ? standing.notCounted.map((note) => `; ${note}`) : []
  return new ConductError('APPROVAL_MISSING', `${sentence}${notes.join('')}`, { hint })
}
