import { ConductError, isConductError } from '@conduct/core'
import type { Decision, Register, Store } from '../store.ts'

/** How one change of a faulty store goes wrong; `null`: it does not. */
export type Fault = 'fails_before' | 'fails_after' | 'acts_late' | null

/**
 * A store that sometimes acts and fails the answer, fails before it acts, or acts late: the write is computed now,
 * the answer is a failure, and the write lands some time later, if no other write came in between, as a
 * compare-and-set does.
 */
export function makeFaulty(
  inner: Store,
  options: {
    readonly nextFault: () => Fault
    readonly lateMs: () => number
    readonly sleep: (ms: number) => Promise<void>
  },
): Store {
  const change: Register['change'] = async (id, decide) => {
    const fault = options.nextFault()
    if (fault === null) return inner.register.change(id, decide)
    if (fault === 'fails_after') await inner.register.change(id, decide)
    if (fault === 'acts_late') await actLate(id, decide)
    throw new ConductError('STORE_UNREACHABLE', `fault of the test: ${fault}`)
  }

  const actLate = async <Document, Result>(
    id: string,
    decide: (
      document: Document | null,
      now: Awaited<ReturnType<Register['now']>>,
    ) => Decision<Document, Result>,
  ): Promise<void> => {
    const found = await inner.register.read<Document>(id)
    const now = await inner.register.now()
    const decision = decide(found?.document ?? null, now)
    const known = JSON.stringify(found?.document ?? null)
    void options
      .sleep(options.lateMs())
      .then(() =>
        inner.register.change<Document, null>(id, (document) =>
          JSON.stringify(document) === known ? { ...decision, result: null } : { result: null },
        ),
      )
      .catch((error: unknown) => {
        // It never arrives: that is late enough.
        if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
      })
  }

  return { ...inner, register: { ...inner.register, change } }
}
