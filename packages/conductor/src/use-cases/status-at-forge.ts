import type { Train } from '@conduct/config'
import { ConductError, formatDuration } from '@conduct/core'
import { addressOf, type CommitVerdict, type Reading } from '@conduct/forge'
import type { Mirror } from '@conduct/git'
import { runBranches } from '../adoption/proposal-names.ts'
import type { ConductorOptions, EstateStatus } from '../api.ts'
import { reposAtOnceMax, statusAtForgeMs } from '../limits.ts'
import { createPool } from '../pool.ts'
import { mainOf } from '../survey/freeze-repo.ts'

type ForgeStatus = EstateStatus['forge'][number]

/**
 * What the forges say of the repos of every train that have one: the verdict on main's head, what runs have offered
 * there, what blocks a release. A handful of requests per repo; a forge that does not answer the first is not asked
 * the others, and one that cannot be asked (no credential) is shown as not asked. Whoever looks does not wait for
 * long: of what has not answered by then, that is said.
 *
 * @param options.withinMs per repo.
 */
export async function statusAtForge(
  conductor: ConductorOptions,
  openMirrorOf: (remote: string) => Promise<Mirror>,
  { withinMs = statusAtForgeMs }: { readonly withinMs?: number } = {},
): Promise<readonly ForgeStatus[]> {
  const { config } = conductor
  const trains = [...config.trains.values()]
  const names = new Set(trains.flatMap((train) => reposOf(train)))
  const pool = createPool(reposAtOnceMax)
  const seen = await Promise.all(
    [...names].map((name) =>
      pool(async () => {
        const labels = trains.flatMap((train) =>
          train.blockingLabel !== null && reposOf(train).includes(name) ? [train.blockingLabel] : [],
        )
        const asked = { name, labels: [...new Set(labels)] }
        return await heardWithin(withinMs, name, statusOfRepo(conductor, openMirrorOf, asked))
      }),
    ),
  )
  return seen.filter((status) => status !== null)
}

function reposOf({ producer, consumers }: Train): readonly string[] {
  return [producer.repo, ...consumers.map(({ repo }) => repo)]
}

/** The forge's own patience is for runs, which need its answer; a look that was given up changes nothing. */
async function heardWithin(
  withinMs: number,
  repo: string,
  look: Promise<ForgeStatus | null>,
): Promise<ForgeStatus | null> {
  const late = Promise.withResolvers<ForgeStatus>()
  const unknown = [`its forge was not heard within ${formatDuration(withinMs)}`]
  const timer = setTimeout(() => late.resolve({ ...nothing, repo, unknown }), withinMs)
  try {
    return await Promise.race([look, late.promise])
  } finally {
    clearTimeout(timer)
    // Whatever becomes of it now has nobody to tell.
    look.catch(() => undefined)
  }
}

const nothing = { notAsked: null, checks: null, pullRequests: null, blocking: null, unknown: [] } as const

async function statusOfRepo(
  { config, askForge }: ConductorOptions,
  openMirrorOf: (remote: string) => Promise<Mirror>,
  { name, labels }: { readonly name: string; readonly labels: readonly string[] },
): Promise<ForgeStatus | null> {
  const repo = config.repos.get(name)
  if (repo === undefined) return null
  try {
    if (addressOf(repo) === null) return null
    const at = (await askForge?.(repo)) ?? null
    if (at === null) return { ...nothing, repo: name, notAsked: 'this command has no way to ask a forge' }
    const pullRequests = await at.repository.readOpenPullRequests(runBranches)
    if (pullRequests.state !== 'present') {
      return { ...nothing, repo: name, unknown: [whyNot(pullRequests, 'open pull requests')] }
    }
    const mirror = await openMirrorOf(repo.remote)
    const main = await mainOf(name, repo, mirror)
    const head = await mirror.remoteHead(main)
    const [verdict, ...blocking] = await Promise.all([
      head === null ? null : at.repository.readVerdict({ commit: head, branch: main }),
      ...labels.map((label) => at.repository.readBlocking(label)),
    ])
    const items = blocking.flatMap((reading) => (reading.state === 'present' ? reading.value : []))
    // Nothing found is "none" only where everything was read.
    const isKnown = items.length > 0 || blocking.every(({ state }) => state === 'present')
    return {
      repo: name,
      notAsked: null,
      checks: verdict === null ? null : { verdict: verdict.verdict, detail: detailOf(verdict) },
      pullRequests: pullRequests.value.map(({ number, url, title }) => ({ number, url, title })),
      blocking:
        labels.length === 0 || !isKnown
          ? null
          : items.map(({ number, url, title }) => ({ number, url, title })),
      unknown: blocking.flatMap((reading) =>
        reading.state === 'present' ? [] : [whyNot(reading, 'what blocks a release')],
      ),
    }
  } catch (error) {
    if (!(error instanceof ConductError)) throw error
    return error.code === 'FORGE_CREDENTIALS'
      ? { ...nothing, repo: name, notAsked: error.message }
      : { ...nothing, repo: name, unknown: [`${error.code}: ${error.message}`] }
  }
}

function whyNot(reading: Exclude<Reading<unknown>, { state: 'present' }>, what: string): string {
  return reading.state === 'unknown' ? reading.reason : `the forge does not show ${what}`
}

function detailOf(verdict: CommitVerdict): string {
  switch (verdict.verdict) {
    case 'green':
      return verdict.covered
    case 'red':
      return verdict.failed.join(', ')
    case 'pending':
      return verdict.waitingFor.join(', ')
    case 'none':
      return verdict.judgeable.because
    case 'unknown':
      return verdict.reason
    default:
      return verdict satisfies never
  }
}
