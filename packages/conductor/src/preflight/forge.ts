import { assertNever } from '@conduct/core'
import type { Reading, RepoAtForge } from '@conduct/forge'
import { type Judgement, notApplicable, type RowInput, unknown } from './row.ts'
import type { FrozenRepo } from '../context.ts'

/**
 * What only a forge knows. A repo without one has nothing to be judged; one that cannot be asked throws, which makes
 * the row unknown.
 */
export async function judgeAtForge(
  { frozen, evidence }: Pick<RowInput<FrozenRepo>, 'frozen' | 'evidence'>,
  judge: (at: RepoAtForge) => Promise<Judgement>,
): Promise<Judgement> {
  const at = await evidence.forge(frozen)
  return at === null ? notApplicable('No forge is declared.') : judge(at)
}

/** Goes on with what the forge shows; what it hides and what it does not say is unknown. */
export function judgeReading<Value>(
  reading: Reading<Value>,
  options: { readonly what: string; readonly judge: (value: Value) => Judgement },
): Judgement {
  switch (reading.state) {
    case 'present':
      return options.judge(reading.value)
    case 'absent':
      return unknown('0 of 1', `${options.what}: the forge shows nothing of it to this identity.`)
    case 'unknown':
      return unknown('0 of 1', `${options.what}: ${reading.reason}.`)
    default:
      return assertNever(reading)
  }
}
