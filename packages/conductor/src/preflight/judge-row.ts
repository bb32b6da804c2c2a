import { assertNever, ConductError, formatDuration, printableLine, type PreflightRow } from '@conduct/core'
import type { FrozenConsumer, FrozenRepo } from '../context.ts'
import { type Judgement, type Row, type RowInput, unknown } from './row.ts'

/** A repo of the train with the role in which it is judged. */
export type JudgedRepo =
  | { readonly role: 'producer'; readonly frozen: FrozenRepo }
  | { readonly role: 'consumer'; readonly frozen: FrozenConsumer }

/**
 * One row over one repo, or null where the row does not ask this role. Whatever cannot be read is unknown, and so is
 * a row that takes longer than `timeoutMs`.
 */
export async function judgeRow(
  row: Row,
  judged: JudgedRepo,
  options: { readonly input: Omit<RowInput<FrozenRepo>, 'frozen'>; readonly timeoutMs: number },
): Promise<PreflightRow | null> {
  const asked = ask(row, judged, options.input)
  if (asked === null) return null
  const { signal } = options.input.context
  try {
    const judgement = await within(asked, options.timeoutMs)
    // What was found while everything was being stopped says nothing.
    signal.throwIfAborted()
    // What a registry, a forge or a file said of itself stays one sentence of ours.
    return { check: row.check, ...judgement, detail: printableLine(judgement.detail) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ConductError)) throw error
    return { check: row.check, ...unknown('0 of 1', printableLine(`${error.code}: ${error.message}`)) }
  }
}

function ask(
  row: Row,
  judged: JudgedRepo,
  input: Omit<RowInput<FrozenRepo>, 'frozen'>,
): Promise<Judgement> | null {
  switch (row.over) {
    case 'every':
      return row.judge({ ...input, frozen: judged.frozen })
    case 'producer':
      return judged.role === 'producer' ? row.judge({ ...input, frozen: judged.frozen }) : null
    case 'consumer':
      return judged.role === 'consumer' ? row.judge({ ...input, frozen: judged.frozen }) : null
    default:
      return assertNever(row)
  }
}

async function within(asked: Promise<Judgement>, timeoutMs: number): Promise<Judgement> {
  const late = Promise.withResolvers<Judgement>()
  const timer = setTimeout(() => {
    late.resolve(unknown('0 of 1', `No verdict within ${formatDuration(timeoutMs)}.`))
  }, timeoutMs)
  try {
    return await Promise.race([asked, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
