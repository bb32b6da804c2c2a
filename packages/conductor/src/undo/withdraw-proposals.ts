import { ConductError, type RunRecord, toTimestamp } from '@conduct/core'
import type { ForgeRepository, PullRequest } from '@conduct/forge'
import type { Mirror } from '@conduct/git'
import type { ConductorOptions } from '../api.ts'
import type { Journal } from '../journal/journal.ts'
import type { LookedStep } from '../journal/journal-record.ts'
import { createMirrors } from '../open-train.ts'
import { stepId } from '../step-id.ts'
import { mainOf } from '../survey/freeze-repo.ts'
import { type Offered, offersOf } from './offers.ts'

/** All of it together; an abort waits for no forge longer than this. */
const withdrawingMsMax = 60_000

/**
 * What an aborted run has offered and nobody has merged: its open pull requests are closed with a comment, its
 * branches deleted where they still stand at its own commits. Best effort: what could not be done is written down and
 * said, and the run is aborted all the same.
 */
export async function withdrawProposals(
  conductor: ConductorOptions,
  journal: Journal,
  { record, reason }: { readonly record: RunRecord; readonly reason: string },
): Promise<void> {
  const offers = offersOf(record.run, journal.records())
  if (offers.size === 0) return
  const startedAt = toTimestamp(conductor.clock.wallMs())
  const steps = await Promise.all(
    [...offers].map(async ([name, offered]) => {
      const step = await withinLimit(name, () => withdrawAll(conductor, name, { offered, reason }))
      if (step.state === 'failed') {
        const message = `${name}: ${step.evidence}`
        conductor.emit({ type: 'warning', code: 'PROPOSAL_NOT_WITHDRAWN', message })
      }
      return step
    }),
  )
  await journal.append({ type: 'looked', startedAt, steps })
}

async function withdrawAll(
  conductor: ConductorOptions,
  name: string,
  { offered, reason }: { readonly offered: readonly Offered[]; readonly reason: string },
): Promise<LookedStep> {
  const repo = conductor.config.repos.get(name)
  const at = repo === undefined ? null : ((await conductor.askForge?.(repo)) ?? null)
  if (repo === undefined || at === null) {
    const why = repo === undefined ? 'lanes.yaml no longer declares it' : 'it has no forge any more'
    const left = offered.map(
      ({ url, branch }) => `${url ?? 'a pull request, if it was opened,'} and ${branch}`,
    )
    return stepOf(name, 'failed', `${why}: ${left.join('; ')} stay: close and delete them by hand`)
  }
  const mirror = await createMirrors(conductor)(repo.remote)
  const base = await mainOf(name, repo, mirror)
  const place = { repository: at.repository, mirror, base, reason }
  const ends: Withdrawn[] = []
  for (const one of offered) ends.push(await withdraw(one, place))
  const state = (['failed', 'skipped'] as const).find((worse) => ends.some((end) => end.state === worse))
  return stepOf(name, state ?? 'done', ends.map(({ said }) => said).join('; '))
}

interface Withdrawn {
  readonly state: LookedStep['state']
  readonly said: string
}

async function withdraw(
  { run, branch, marker, commits }: Offered,
  place: {
    readonly repository: ForgeRepository
    readonly mirror: Mirror
    readonly base: string
    readonly reason: string
  },
): Promise<Withdrawn> {
  const { repository, mirror, base, reason } = place
  const found = await repository.findPullRequest({ base, headBranch: branch, marker })
  if (found.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', found.reason)
  const pull: PullRequest | null = found.state === 'present' ? found.value : null
  if (pull?.state === 'open') {
    await repository.addComment({
      number: pull.number,
      marker: `<!-- conduct-run: ${run} aborted -->`,
      body: `Run ${run} was aborted: ${reason}`,
    })
    await repository.closePullRequest(pull.number)
  }
  const closed = pull === null ? [] : [`${pull.url} is ${pull.state === 'open' ? 'closed' : pull.state}`]
  const end = (state: Withdrawn['state'], said: string) => ({ state, said: [...closed, said].join('; ') })
  const standing = await mirror.remoteHead(branch)
  if (standing === null) return end('done', `${branch} is gone`)
  if (!commits.includes(standing)) return end('skipped', `${branch} stays: ${standing} is not ours`)
  const pushed = await mirror.push({
    source: null,
    ref: `refs/heads/${branch}`,
    expect: standing,
    replacesOwn: true,
  })
  return pushed.outcome === 'pushed'
    ? end('done', `${branch} is deleted`)
    : end('failed', `${branch} was not deleted`)
}

/** Whatever goes wrong is a word in the record. */
async function withinLimit(name: string, act: () => Promise<LookedStep>): Promise<LookedStep> {
  const late = Promise.withResolvers<LookedStep>()
  const timer = setTimeout(
    () => late.resolve(stepOf(name, 'failed', `nothing was heard for ${withdrawingMsMax / 1_000}s`)),
    withdrawingMsMax,
  )
  try {
    return await Promise.race([act(), late.promise])
  } catch (error) {
    if (!(error instanceof ConductError)) throw error
    return stepOf(name, 'failed', error.message)
  } finally {
    clearTimeout(timer)
  }
}

function stepOf(name: string, state: LookedStep['state'], evidence: string): LookedStep {
  return {
    step: {
      id: stepId.withdrawProposal(name),
      phase: 'undo',
      kind: 'withdraw_proposal',
      repo: name,
      action: `withdraw what was offered to ${name}`,
      irreversible: false,
    },
    state,
    evidence,
    facts: {},
  }
}
