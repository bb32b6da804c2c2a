import { isConductError } from '@conduct/core'
import type { LaneView } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import type { Estate } from '../estate/open-estate.ts'
import { type AskPullRequest, namedIn, pullRequestsOf, type PullRequestState } from './pull-request.ts'

/**
 * Ends the claims whose pull request was merged or closed: whoever looks at a lane looks there too. What could not be
 * read ends nothing and is said. The forge is asked once for each of them, and only where a claim lives with one.
 *
 * @returns the names of the lanes in which something ended.
 */
export async function concludeMerged(options: {
  readonly estate: Estate
  readonly context: CommandContext
  readonly views: readonly LaneView[]
  readonly ask?: AskPullRequest
}): Promise<readonly string[]> {
  const { estate, context, views } = options
  const ask = options.ask ?? pullRequestsOf(estate.config, context)
  const known = new Map<string, PullRequestState | null>()
  const stateOf = async (text: string): Promise<PullRequestState | null> => {
    const before = known.get(text)
    if (before !== undefined) return before
    const state = await look(text)
    known.set(text, state)
    return state
  }
  const endCommand = (text: string): string => {
    const found = views.flatMap(({ lane, holders }) =>
      holders.flatMap(({ untilMerged, token }) => (untilMerged === text ? [{ lane, token }] : [])),
    )
    const [first] = found
    return first === undefined
      ? 'it leaves the line by itself when nobody asks for it any more'
      : `${estate.launcherForOthers} lane force-release ${first.lane} --token ${first.token} --reason "${text} is gone"`
  }
  const look = async (text: string): Promise<PullRequestState | null> => {
    const named = namedIn(estate.config, text)
    if (named === null) return null
    try {
      return await ask(named)
    } catch (error) {
      if (!isConductError(error)) throw error
      // What is gone, or hidden from this token, ends nothing by itself: a captain decides that.
      const isGone = error.code === 'PULL_REQUEST_UNKNOWN'
      const end = isGone ? `. What lives with it stays until a captain ends it: ${endCommand(text)}` : ''
      const message = `Nobody knows whether ${text} is open: ${error.message.replace(/\.$/, '')}${end}`
      context.emit({ type: 'warning', code: error.code, message })
      return null
    }
  }
  const concluded = new Set<string>()
  for (const view of views) {
    for (const { claim, token, pullRequest } of claimsOf(view)) {
      const state = await stateOf(pullRequest)
      if (state === null || state === 'open') continue
      const because = { kind: 'pull_request', pullRequest, state } as const
      const outcome = await estate.lanes.lane(view.lane).conclude({ claim, token, because })
      if (outcome === 'concluded') concluded.add(view.lane)
    }
  }
  return [...concluded]
}

function claimsOf({ document }: LaneView) {
  return [...document.holders, ...document.waiting].flatMap((claim) =>
    claim.untilMerged === undefined || claim.attended
      ? []
      : [
          {
            claim: claim.claim,
            token: 'token' in claim ? claim.token : null,
            pullRequest: claim.untilMerged,
          },
        ],
  )
}
