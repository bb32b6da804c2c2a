import type { Consumer } from '@conduct/config'
import { isConductError } from '@conduct/core'
import type { BranchRules } from '@conduct/forge'
import type { FrozenConsumer, FrozenRepo, TrainContext } from '../context.ts'

/**
 * How a consumer adopts: as declared, else by pull request where the forge would, or may,
 * refuse a push to main, else by push.
 * A forge that cannot be asked leaves the push: preflight then says that nobody knows whether it is taken.
 */
export async function chooseVia(
  context: Pick<TrainContext, 'forge'>,
  frozen: Pick<FrozenRepo, 'name' | 'main'>,
  { adopt }: Consumer,
): Promise<FrozenConsumer['via']> {
  if (adopt.via !== null) return adopt.via
  return (await refusesPush(context, frozen)) ? 'pull_request' : 'push'
}

async function refusesPush(
  context: Pick<TrainContext, 'forge'>,
  { name, main }: Pick<FrozenRepo, 'name' | 'main'>,
): Promise<boolean> {
  try {
    const at = await context.forge(name)
    if (at === null) return false
    const rules = await at.repository.readRules(main)
    return rules.state === 'present' && mayRefusePush(rules.value)
  } catch (error) {
    if (isConductError(error, 'FORGE_CREDENTIALS') || isConductError(error, 'FORGE_REMOTE_UNKNOWN'))
      return false
    throw error
  }
}

/** How a branch is protected is often hidden from those who may not change it: a pull request is the way that works. */
export function mayRefusePush({ isProtected, push }: BranchRules): boolean {
  return isProtected && push.allowed !== 'yes'
}
