import { ConductError, toCommitId } from '@conduct/core'
import type { PushOutcome } from '@conduct/git'
import type { Acted } from '../step.ts'
import { rollBackByCommand } from './command.ts'
import type { DeployPlace, DeployTarget } from './ports.ts'

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

/**
 * A platform that deploys what its branch is sent. Its branch is what runs: read before, compared by the push itself
 * (`--force-with-lease` against what stood there when the plan was made), read after.
 */
export function gitPushTarget(
  place: DeployPlace,
  { remote, branch }: { readonly remote: string; readonly branch: string },
): DeployTarget {
  const { elsewhere } = place.mirror
  const ref = `refs/heads/${branch}`
  const { sha, previous, deploy } = place
  const where = `${branch} of ${remote}`

  async function judged(push: () => Promise<PushOutcome>): Promise<Acted> {
    const pushed = await push()
    switch (pushed.outcome) {
      case 'pushed':
        return { outcome: 'acted' }
      case 'lost': {
        const message = `${place.name}: ${where} is at ${pushed.actual ?? 'nothing'}; somebody deployed meanwhile`
        return { outcome: 'refused', error: new ConductError('EXPECTED_STATE', message) }
      }
      case 'refused': {
        const message = `${place.name}: ${where} refused the push: ${pushed.reason}`
        return { outcome: 'refused', error: new ConductError('DEPLOY_REFUSED', message) }
      }
      default:
        return pushed satisfies never
    }
  }

  return {
    how: `push to ${where}`,
    address: deploy.verify?.url ?? remote,
    running: async () => (await elsewhere.remoteHead(remote, branch)) ?? '',
    isImmediate: true,
    endOfBegun: null,
    prepare: () => Promise.resolve({}),
    deploy: (signal) => judged(() => elsewhere.push(remote, { source: sha, ref, expect: previous, signal })),
    rollBack:
      rollBackByCommand(place) ??
      (previous === null || !commitPattern.test(previous)
        ? null
        : (signal) =>
            judged(() =>
              elsewhere.push(remote, {
                source: toCommitId(previous),
                ref,
                expect: sha,
                isRewind: true,
                signal,
              }),
            )),
    harmlessErrors: ['GIT_REF_INVALID', 'COMMAND_NOT_FOUND'],
  }
}
