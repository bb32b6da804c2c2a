import { ConductError } from '@conduct/core'
import {
  type Because,
  type CandidateDocument,
  candidateDocumentId,
  candidatesHit,
  type CandidateTouch,
  type CandidateWork,
  changeKey,
  countWork,
  type JudgedPullRequest,
  othersIn,
} from '@conduct/guard'
import { openStore, type Store } from '@conduct/lanes/engine'
import type { CommandContext } from '../command.ts'
import { resolveIdentity } from '../estate/identity.ts'
import type { LoadedConfig } from '../estate/load-config.ts'
import type { Work } from './changed-paths.ts'
import type { CountedCandidate } from './count-candidates.ts'
import { blobsOf, isBuiltOn } from './landed.ts'

/** Counting is not worth a wait. */
const callMsMax = 3000

/** @throws ConductError those of the store, GUARD_RANGE_UNKNOWN, USAGE */
export async function countInStore({
  context,
  loaded,
  repo,
  works,
  hit,
  pullRequest,
}: {
  readonly context: CommandContext
  readonly loaded: LoadedConfig
  readonly repo: string
  readonly works: readonly Work[]
  readonly hit: readonly { readonly candidate: string; readonly because: readonly Because[] }[]
  /** Null: the asker's own work. */
  readonly pullRequest: JudgedPullRequest | null
}): Promise<readonly CountedCandidate[]> {
  const { config } = loaded
  const person = pullRequest === null ? personHere(context, loaded) : authorOf(pullRequest, loaded)
  await using store = await openStore(config.store, { estate: config.estate, env: context.env, callMsMax })
  const counted: CountedCandidate[] = []
  for (const { candidate, because } of hit) {
    const found: Found[] = []
    for (const { branch, head, paths } of works) {
      const own = candidatesHit({ paths }, config).find((each) => each.candidate === candidate)
      if (own === undefined) continue
      const touched = own.because.map(({ match }) => match)
      const work = { person, repo, branch, paths: blobsOf(context.cwd, { head, paths: touched }) }
      found.push(
        await count(store, { candidate, work, head, cwd: context.cwd, isOnBehalf: pullRequest !== null }),
      )
    }
    const fresh = found.flatMap((each) => each.counted)
    const known = found.flatMap((each) => each.known)
    counted.push({
      candidate,
      because,
      outcome: fresh.length > 0 ? 'counted' : known.length > 0 ? 'known' : 'alone',
      conflicts: [...fresh, ...known].map((conflict) => ({
        ...conflict,
        others: conflict.sides.flatMap((side) => (side.person === person ? [] : [side.person])),
      })),
      problem: null,
    })
  }
  return counted
}

type Found = Pick<ReturnType<typeof countWork>, 'counted' | 'known'>

/** What is merged, git is asked before the one atomic change; who came meanwhile cannot be merged yet. */
async function count(
  store: Store,
  {
    candidate,
    work,
    head,
    cwd,
    isOnBehalf,
  }: {
    readonly candidate: string
    readonly work: CandidateWork
    readonly head: string | null
    readonly cwd: string
    readonly isOnBehalf: boolean
  },
): Promise<Found> {
  const id = candidateDocumentId(candidate)
  const stored = await store.register.read<CandidateDocument>(id)
  const { wallMs } = await store.register.now()
  const over = new Set(
    othersIn(stored?.document ?? null, work, wallMs)
      .filter((touch) => isBuiltOn(cwd, touch, head))
      .map(changeKey),
  )
  const isOver = (touch: CandidateTouch): boolean => over.has(changeKey(touch))
  return store.register.change<CandidateDocument, Found>(id, (document, now) => {
    const { write, counted, known } = countWork(document, work, { nowMs: now.wallMs, isOver, isOnBehalf })
    return { ...(write === null ? {} : { write }), result: { counted, known } }
  })
}

function personHere(context: CommandContext, { config }: LoadedConfig): string {
  const { global, cwd, env } = context
  const people = new Set(config.people.keys())
  const { person, holder } = resolveIdentity({ as: global.as, cwd, env, people })
  // One login in ten folders is one person.
  return person ?? holder.replace(/[@#].*$/, '')
}

/** An account that `people` does not know may be of somebody who is counted under another name. */
function authorOf({ author }: JudgedPullRequest, { config }: LoadedConfig): string {
  const [person] =
    [...config.people].find(
      ([, { forge }]) => author !== null && forge?.toLowerCase() === author.toLowerCase(),
    ) ?? []
  if (person !== undefined) return person
  throw new ConductError('USAGE', `no person of lanes.yaml has the account ${author ?? 'that made it'}`)
}
