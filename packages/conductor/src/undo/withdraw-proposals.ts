import { ConductError, type RunRecord, toTimestamp } from '@conduct/core'
import type { PullRequest } from '@conduct/forge'
import { proposalBranch, proposalMarker } from '../adoption/proposal-names.ts'
import type { ConductorOptions } from '../api.ts'
import { intendedCommits } from '../journal/begun.ts'
import type { Journal } from '../journal/journal.ts'
import type { LookedStep } from '../journal/journal-record.ts'
import { createMirrors } from '../open-train.ts'
import { stepId } from '../step-id.ts'
import { mainOf } from '../survey/freeze-repo.ts'

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
  const records = journal.records()
  const repos = [...conductor.config.repos.keys()].filter(
    (name) => intendedCommits(records, stepId.propose(name)).length > 0,
  )
  if (repos.length === 0) return
  const startedAt = toTimestamp(conductor.clock.wallMs())
  const steps = await Promise.all(
    repos.map(async (name) => {
      const commits = intendedCommits(records, stepId.propose(name)).map(({ commit }) => commit)
      const step = await withinLimit(name, () =>
        withdraw(conductor, { name, run: record.run, commits, reason }),
      )
      if (step.state === 'failed') {
        const message = `${name}: ${step.evidence}`
        conductor.emit({ type: 'warning', code: 'PROPOSAL_NOT_WITHDRAWN', message })
      }
      return step
    }),
  )
  await journal.append({ type: 'looked', startedAt, steps })
}

interface Offered {
  readonly name: string
  readonly run: RunRecord['run']
  readonly commits: readonly string[]
  readonly reason: string
}

async function withdraw(conductor: ConductorOptions, offered: Offered): Promise<LookedStep> {
  const { name, run, commits, reason } = offered
  const repo = conductor.config.repos.get(name)
  const at = repo === undefined ? null : await conductor.askForge?.(repo)
  if (repo === undefined || at === undefined || at === null) {
    throw new ConductError('FORGE_REFUSED', `${name} has no forge any more`)
  }
  const mirror = await createMirrors(conductor)(repo.remote)
  const headBranch = proposalBranch(run)
  const marker = proposalMarker(run, name)
  const base = await mainOf(name, repo, mirror)
  const found = await at.repository.findPullRequest({ base, headBranch, marker })
  if (found.state === 'unknown') throw new ConductError('FORGE_UNREACHABLE', found.reason)
  const pull: PullRequest | null = found.state === 'present' ? found.value : null
  if (pull?.state === 'open') {
    await at.repository.addComment({
      number: pull.number,
      marker: `<!-- conduct-run: ${run} aborted -->`,
      body: `Run ${run} was aborted: ${reason}`,
    })
    await at.repository.closePullRequest(pull.number)
  }
  const said = pull === null ? [] : [`${pull.url} is ${pull.state === 'open' ? 'closed' : pull.state}`]
  const standing = await mirror.remoteHead(headBranch)
  if (standing === null) return stepOf(name, 'done', [...said, `${headBranch} is gone`].join('; '))
  if (!commits.includes(standing)) {
    return stepOf(name, 'skipped', [...said, `${headBranch} stays: ${standing} is not ours`].join('; '))
  }
  const pushed = await mirror.push({
    source: null,
    ref: `refs/heads/${headBranch}`,
    expect: standing,
    replacesOwn: true,
  })
  return pushed.outcome === 'pushed'
    ? stepOf(name, 'done', [...said, `${headBranch} is deleted`].join('; '))
    : stepOf(name, 'failed', [...said, `${headBranch} was not deleted`].join('; '))
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
