import type { Turn } from '@conduct/planner'
import { ConductError, isConductError } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { lookAtGit } from '../guard/git-look.ts'
import { findGuarded } from '../guard/repository.ts'
import type { Batching } from './batching.ts'

/** Whether what runs now is new enough for a turn that takes something away. */
export interface LiveCode {
  readonly outcome: 'live' | 'not_live' | 'unknown'
  /** A sentence: what runs where, or why nobody knows. */
  readonly why: string
  /** Why it is written all the same; null: nobody said. */
  readonly overridden: string | null
}

export interface LiveCodeFlags {
  readonly override?: 'code_live'
  readonly reason?: string
}

const fullCommit = /^[\da-f]{40}$/

/**
 * For a turn that takes something away: whether everything that deploys this repository runs at least the base that the batch stands
 * on. Null for any other turn. What cannot be known is said, and stops nobody.
 *
 * @throws ConductError CODE_NOT_LIVE  something runs older code, and no override was named; USAGE
 */
export async function requireLiveCode(
  context: CommandContext,
  options: {
    readonly batching: Batching
    readonly turn: Pick<Turn, 'id' | 'waitsForCode'>
    readonly base: string
    readonly flags: LiveCodeFlags & { readonly repo?: readonly string[] }
  },
): Promise<LiveCode | null> {
  const { turn, base, flags, batching } = options
  if ((flags.override === undefined) !== (flags.reason === undefined)) {
    throw new ConductError('USAGE', '--override and --reason go together', {
      hint: 'Say why: --override code_live --reason "the column was never read"',
    })
  }
  if (turn.waitsForCode.length === 0) return null
  const repo = flags.repo?.length === 1 ? flags.repo[0] : undefined
  const seen = await lookAtTargets(context, { batching, base, ...(repo === undefined ? {} : { repo }) })
  const overridden = flags.reason ?? null
  if (seen.outcome === 'not_live' && overridden === null) {
    throw new ConductError(
      'CODE_NOT_LIVE',
      `${turn.id} takes away ${turn.waitsForCode.join(', ')}, and ${seen.why}`,
      { details: { waits_for_code: turn.waitsForCode, live_code: seen } },
    )
  }
  return { ...seen, overridden }
}

type Seen = Omit<LiveCode, 'overridden'>

const unknown = (why: string): Seen => ({ outcome: 'unknown', why })

async function lookAtTargets(
  context: CommandContext,
  {
    batching: { loaded },
    base,
    repo: named,
  }: { readonly batching: Batching; readonly base: string; readonly repo?: string },
): Promise<Seen> {
  if (loaded === null) return unknown('no lanes.yaml says what deploys this repository')
  const { repo } = findGuarded(context, loaded, named === undefined ? {} : { repo: named })
  if (repo === null) return unknown('lanes.yaml does not say which repository this is (--repo)')
  const isDeployed = [...loaded.config.trains.values()].some((train) =>
    train.consumers.some((each) => each.repo === repo && each.deploy.strategy.kind !== 'none'),
  )
  if (!isDeployed) return unknown(`no train of lanes.yaml deploys ${repo}`)
  const { openConductor } = await import('../estate/open-conductor.ts')
  try {
    await using estate = await openConductor(context, loaded, { isReadOnly: true })
    const { trains } = await estate.conductor.estateStatus()
    const targets = trains.flatMap(({ train, consumers }) =>
      consumers
        .filter((each) => each.repo === repo)
        .map(({ deployed, unknown: problem }) =>
          judge(context.cwd, { name: `${repo} (train ${train})`, base, deployed, problem }),
        ),
    )
    return (
      targets.find((each) => each.outcome === 'not_live') ??
      targets.find((each) => each.outcome === 'unknown') ??
      targets[0] ??
      unknown(`no train of lanes.yaml deploys ${repo}`)
    )
  } catch (error) {
    if (!isConductError(error)) throw error
    return unknown(`what runs could not be read: ${error.message}`)
  }
}

/** The code that stops using something is on the base when its removal is planned: what runs has to contain the base. */
function judge(
  cwd: string,
  {
    name,
    base,
    deployed,
    problem,
  }: {
    readonly name: string
    readonly base: string
    readonly deployed: string | null
    readonly problem: string | null
  },
): Seen {
  if (deployed === null)
    return unknown(`what ${name} runs is not known${problem === null ? '' : `: ${problem}`}`)
  if (!fullCommit.test(deployed)) return unknown(`${name} runs ${deployed}, which is no commit`)
  const [runs, stands] = [deployed.slice(0, 7), base.slice(0, 7)]
  const { exit } = lookAtGit(cwd, ['merge-base', '--is-ancestor', base, deployed])
  if (exit === 0) return { outcome: 'live', why: `${name} runs ${runs}, which has the base ${stands}` }
  if (exit === 1)
    return { outcome: 'not_live', why: `${name} runs ${runs}, which does not have the base ${stands}` }
  return unknown(`${name} runs ${runs}, which is not in this clone (git fetch)`)
}
