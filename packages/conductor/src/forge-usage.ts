import type { ForgeRequests } from '@conduct/core'
import type { Forge, ForgeUsage, RepoAtForge } from '@conduct/forge'

/** What one command asks of the forges of its repos, counted from the first question on. */
export function watchForges() {
  const repos = new Map<string, { readonly at: RepoAtForge; readonly before: readonly ForgeUsage[] }>()
  const forges = new Map<Forge, readonly ForgeUsage[]>()
  return {
    opened(repo: string, at: RepoAtForge): void {
      const before = at.forge.usage()
      if (!repos.has(repo)) repos.set(repo, { at, before })
      if (!forges.has(at.forge)) forges.set(at.forge, before)
    },
    /** Since then, by repo as lanes.yaml calls it; last what belongs to no repo. */
    requests(): readonly ForgeRequests[] {
      const ofRepos = [...repos].map(([repo, { at, before }]) =>
        since(before, { repo, forge: at.forge, repository: at.repository.fullName }),
      )
      const ofForges = [...forges].map(([forge, before]) =>
        since(before, { repo: null, forge, repository: null }),
      )
      return [...ofRepos, ...ofForges].filter(({ requests, unchanged }) => requests + unchanged > 0)
    },
  }
}

function since(
  before: readonly ForgeUsage[],
  of: { readonly repo: string | null; readonly forge: Forge; readonly repository: string | null },
): ForgeRequests {
  const { repo, forge, repository } = of
  const find = (usage: readonly ForgeUsage[]) => usage.find((one) => one.repository === repository) ?? none
  const [was, is] = [find(before), find(forge.usage())]
  return {
    repo,
    host: forge.host,
    requests: is.requests - was.requests,
    unchanged: is.unchanged - was.unchanged,
    writes: is.writes - was.writes,
    limitPerHour: forge.limitPerHour(),
  }
}

const none = { requests: 0, unchanged: 0, writes: 0 }

/** Several writers of one run, as one. Pure. */
export function addRequests(
  known: readonly ForgeRequests[],
  more: readonly ForgeRequests[],
): readonly ForgeRequests[] {
  const sums = new Map(known.map((one) => [`${one.host} ${one.repo}`, one]))
  for (const one of more) {
    const key = `${one.host} ${one.repo}`
    const sum = sums.get(key) ?? { ...one, ...none }
    sums.set(key, {
      ...one,
      requests: sum.requests + one.requests,
      unchanged: sum.unchanged + one.unchanged,
      writes: sum.writes + one.writes,
      limitPerHour: one.limitPerHour ?? sum.limitPerHour,
    })
  }
  return [...sums.values()]
}
