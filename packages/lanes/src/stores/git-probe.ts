import { isConductError } from '@conduct/core'
import type { StoreProbe } from '../store.ts'
import { tryRemote } from './git-first-use.ts'
import { estateRefs, probeRefs } from './git-names.ts'
import type { GitRepository } from './git-repository.ts'

/** Pushes a minute that GitHub advises as the most for one repository. Source: its "Repository limits". */
const advisedPushesPerMinute = 6
const hourMs = 3_600_000
const minutesPerHour = 60

/** For `conduct doctor`. Writes probe refs only, and removes them. */
export async function probeGit(
  repository: GitRepository,
  { estate, isLocal }: { readonly estate: string | null; readonly isLocal: boolean },
): Promise<readonly StoreProbe[]> {
  const { access, honesty } = await probeWriting(repository, estate)
  return [
    access,
    honesty,
    await probeRoundTrip(repository, estate),
    await probePushes(repository, { estate, isLocal }),
    clock,
  ]
}

async function probeWriting(
  repository: GitRepository,
  estate: string | null,
): Promise<{ readonly access: StoreProbe; readonly honesty: StoreProbe }> {
  const may: StoreProbe = {
    check: 'access',
    verdict: 'ok',
    detail: `We may create, change and read refs below ${estateRefs(estate)}.`,
    remedy: null,
  }
  const unseen: StoreProbe = {
    check: 'conditional_write',
    verdict: 'unknown',
    detail: 'It could not be tried.',
    remedy: null,
  }
  try {
    await repository.call(() => tryRemote(repository, estate))
    const detail =
      'Of two pushes that create a ref one won; a stale update lost; what was pushed is what is read.'
    return { access: may, honesty: { check: 'conditional_write', verdict: 'ok', detail, remedy: null } }
  } catch (error) {
    if (isConductError(error, 'STORE_LIES')) {
      const remedy = 'Use another store, or the primary server itself instead of a mirror or a proxy.'
      return { access: may, honesty: { ...unseen, verdict: 'failed', detail: error.message, remedy } }
    }
    if (isConductError(error, 'STORE_REFUSED') || isConductError(error, 'STORE_UNREACHABLE')) {
      const isRefused = error.code === 'STORE_REFUSED'
      const remedy = isRefused
        ? 'Allow pushes to refs/conduct/*.'
        : 'Check the address and your access to it.'
      const verdict = isRefused ? 'failed' : 'unknown'
      return { access: { ...may, verdict, detail: error.message, remedy }, honesty: unseen }
    }
    throw error
  }
}

async function probeRoundTrip(repository: GitRepository, estate: string | null): Promise<StoreProbe> {
  const startedMs = performance.now()
  try {
    await repository.call(() => repository.refs().fetch(`${probeRefs(estate)}passed`, repository.callMsMax))
  } catch (error) {
    if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
    return { check: 'round_trip', verdict: 'unknown', detail: error.message, remedy: null }
  }
  const ms = performance.now() - startedMs
  return { check: 'round_trip', verdict: 'ok', detail: `A read took ${ms.toFixed(0)} ms.`, remedy: null }
}

/** Counted from the commits of the last hour, whoever pushed them. */
async function probePushes(
  repository: GitRepository,
  { estate, isLocal }: { readonly estate: string | null; readonly isLocal: boolean },
): Promise<StoreProbe> {
  const check = 'pushes_per_minute'
  try {
    const sinceMs = Date.now() - hourMs
    const pushes = await repository.call(() =>
      repository
        .refs()
        .countCommits(
          { prefix: estateRefs(estate), sinceMs, countMax: 2 * advisedPushesPerMinute * minutesPerHour },
          repository.callMsMax,
        ),
    )
    const perMinute = pushes / minutesPerHour
    const isMuch = !isLocal && perMinute > advisedPushesPerMinute
    const advice = isLocal ? '' : `; forges advise at most ${advisedPushesPerMinute} a minute per repository`
    return {
      check,
      verdict: isMuch ? 'failed' : 'ok',
      detail: `${pushes} pushes in the last hour by all writers of this estate, ${perMinute.toFixed(1)} a minute${advice}.`,
      remedy: isMuch
        ? 'Renew less often (lease.renew), or give this estate a repository or another store of its own.'
        : null,
    }
  } catch (error) {
    if (!isConductError(error, 'STORE_UNREACHABLE')) throw error
    return { check, verdict: 'unknown', detail: error.message, remedy: null }
  }
}

const clock: StoreProbe = {
  check: 'clock',
  verdict: 'ok',
  detail:
    'A git remote has no clock: a lease counts as lapsed after standing unchanged before one watching process.',
  remedy: null,
}
