import { isConductError } from '@conduct/core'
import type { TrainContext } from '../context.ts'

/** The remote refused a push by a rule of its forge, where a pull request is another way; says so. */
export async function isProtectedMain(
  { forge, emit }: Pick<TrainContext, 'forge' | 'emit'>,
  pushed: { readonly name: string; readonly main: string; readonly error: unknown; readonly does: string },
): Promise<boolean> {
  const { name, main, error, does } = pushed
  if (!isConductError(error, 'ADOPT_REFUSED') || error.details['isProtected'] !== true) return false
  if ((await forge(name)) === null) return false
  const message = `${name}: ${main} takes no push; it ${does} by pull request`
  emit({ type: 'warning', code: 'MAIN_PROTECTED', message })
  return true
}
