import { ConductError, type Clock } from '@conduct/core'
import type { ForgeRepository, Reading, WorkflowRun } from '@conduct/forge'
import { askUntil } from './backoff.ts'
import { unprovedIntent } from './journal/begun.ts'
import type { JournalRecord } from './journal/journal-record.ts'
import { showCommand } from './template.ts'

/**
 * A dispatch is sent once. A forge takes it and shows its run later, so that a writer who finds an intent and no run
 * cannot know whether it was sent: it is looked for by its own id for a while, and then a person looks.
 */

/** How long a dispatched run may take to show itself in the list. */
export const appearsWithinMs = 120_000

const firstWaitMs = 1000
const longestWaitMs = 30_000

/** What an intent says of the dispatch that follows it. */
export interface DispatchFacts {
  readonly conductRun: string
}

export interface BegunDispatch {
  readonly repository: Pick<ForgeRepository, 'findWorkflowRun' | 'fullName'>
  readonly file: string
  readonly ref: string
  readonly inputs: Readonly<Record<string, string>>
  readonly conductRun: string
}

/** Whether an earlier act of this step may have sent exactly this dispatch. */
export function maybeDispatched(
  records: readonly JournalRecord[],
  { step, conductRun }: { readonly step: string; readonly conductRun: string },
): boolean {
  if (unprovedIntent(records, step) === null) return false
  const intent = records.findLast((record) => record.type === 'intent' && record.step.id === step)
  return intent?.type === 'intent' && intent.facts['conductRun'] === conductRun
}

/** The last reading, once a run shows the id or the time is up. */
export async function lookForBegun(
  { repository, file, conductRun }: BegunDispatch,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Reading<WorkflowRun>> {
  let last: Reading<WorkflowRun> = { state: 'absent' }
  const pace = { withinMs: appearsWithinMs, firstMs: firstWaitMs, mostMs: longestWaitMs }
  await askUntil({ ...options, ...pace }, async () => {
    last = await repository.findWorkflowRun({ file, conductRun })
    return last.state === 'present' ? last : null
  })
  return last
}

/** Nothing shows it: what a person does then. */
export function undecidedDispatch(begun: BegunDispatch, why: string | null = null): ConductError {
  const { repository, file, ref, inputs, conductRun } = begun
  const fields = Object.entries({ ...inputs, conduct_run: conductRun }).flatMap(([name, value]) => [
    '-f',
    `${name}=${value}`,
  ])
  const argv = ['gh', 'workflow', 'run', file, '--repo', repository.fullName, '--ref', ref, ...fields]
  const seen = why ?? `no run shows ${conductRun} after ${appearsWithinMs / 1000} s`
  return new ConductError(
    'OUTCOME_UNKNOWN',
    `${file} of ${repository.fullName} was dispatched, or was about to be, and ${seen}; it is not dispatched a second time`,
    {
      hint: `A person looks at the runs of ${file} there. One shows ${conductRun}: resume, it is watched. None does: ${showCommand({ argv })}, then resume.`,
    },
  )
}
