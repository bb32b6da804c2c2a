import { type Approval, ConductError, type Plan, type PlanId } from '@conduct/core'
import type { Store } from '@conduct/lanes/engine'

/**
 * What was said about plans, in the store's register: one document per plan, changed by compare-and-set, so that two
 * who approve at once are both kept. Whoever can write the store can write this, too: nothing here is proof by itself.
 */
interface ApprovalDocument {
  readonly format: 1
  readonly planHash: string
  /** Oldest first; of each person the latest approval and the latest denial. */
  readonly words: readonly Approval[]
}

export function approvalDocumentId(plan: PlanId): string {
  return `approval/${plan}`
}

/**
 * @returns nothing when nobody has said anything about this plan; words about another plan of the same id are none.
 * @throws ConductError STORE_NEWER (2)
 */
export async function readWords(
  store: Store,
  plan: Pick<Plan, 'id' | 'hash'>,
): Promise<{ readonly words: readonly Approval[]; readonly version: number }> {
  const stored = await store.register.read<ApprovalDocument>(approvalDocumentId(plan.id))
  const isOfThis = stored?.document.planHash === plan.hash
  return { words: isOfThis ? stored.document.words : [], version: stored?.version ?? 0 }
}

export function denialOf(words: readonly Approval[]): Approval | null {
  return words.find(({ verdict }) => verdict === 'denied') ?? null
}

/**
 * Adds what somebody said.
 *
 * @throws ConductError APPROVAL_DENIED (6): a plan that was denied is never approved
 */
export async function addWord(store: Store, word: Approval): Promise<Approval> {
  const denial = await store.register.change<ApprovalDocument, Approval | null>(
    approvalDocumentId(word.planId),
    (present) => {
      const words = present?.planHash === word.planHash ? present.words : []
      const denied = denialOf(words)
      if (denied !== null && word.verdict === 'approved') return { result: denied }
      const others = words.filter(({ by, verdict }) => by !== word.by || verdict !== word.verdict)
      return {
        write: { format: 1, planHash: word.planHash, words: [...others, word] },
        result: null,
      }
    },
  )
  if (denial !== null) throw deniedError(denial)
  return word
}

export function deniedError(denial: Approval, next?: string): ConductError {
  return new ConductError(
    'APPROVAL_DENIED',
    `${denial.by} denied plan ${denial.planId} at ${denial.at}: ${denial.note ?? 'no reason was given'}`,
    next === undefined ? {} : { next },
  )
}
