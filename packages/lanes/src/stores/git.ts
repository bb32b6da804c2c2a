import { join } from 'node:path'
import { ConductError } from '@conduct/core'
import { cacheHome, openRefStore } from '@conduct/git'
import type { Store } from '../store.ts'
import { pollMsLocal } from '../store.ts'
import { requireHonestRemote } from './git-first-use.ts'
import { makeGitLog } from './git-log.ts'
import { probeGit } from './git-probe.ts'
import { makeGitRegister } from './git-register.ts'
import { makeGitRepository } from './git-repository.ts'

/**
 * Everything in refs of a git repository that one can push to, below `refs/conduct/`: no branch, no tag, nothing that
 * a clone brings along. One change is one commit on the one before, pushed with the explicit expectation that the ref
 * still stands there; a document and its records travel in one push. The chain of commits is kept: it is history.
 *
 * Its limits, so that nobody is surprised: a read is one fetch and a change one fetch and one push, with a connection
 * each. Forges advise at most some 6 pushes a minute per repository (GitHub), so leases renew once a minute at most
 * often, and waiters look every half minute. There is no clock: whoever wants to take over a lane has to watch it.
 */
export async function openGitStore(options: {
  readonly url: string
  readonly estate: string | null
  readonly callMsMax: number
  readonly env: NodeJS.ProcessEnv
}): Promise<Store> {
  const { url, estate, callMsMax } = options
  const remote = url.replace(/^git\+/, '')
  requirePath(url, remote)
  const refs = await openRefStore({ cacheDir: join(cacheHome(options.env), 'git-stores'), remote })
  const repository = makeGitRepository(refs, { url, callMsMax })
  const isLocal = remote.startsWith('file:')
  try {
    await requireHonestRemote(repository, estate)
  } catch (error) {
    await repository[Symbol.asyncDispose]()
    throw error
  }
  return {
    kind: 'git',
    url,
    estate,
    timekeeping: 'process_observation',
    pollMs: isLocal ? pollMsLocal : pollMsForge,
    register: makeGitRegister(repository, { estate, poll: isLocal ? localPoll : forgePoll }),
    log: makeGitLog(repository, estate),
    probe: () => probeGit(repository, { estate, isLocal }),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  }
}

/** Half of the shortest renewal that a forge should see. */
const pollMsForge = 30_000

/** A look at a repository on this machine costs some 10 ms of work, at a forge a connection. */
const localPoll = { firstMs: 40, maxMs: 1000 }
const forgePoll = { firstMs: 8000, maxMs: pollMsForge }

function requirePath(url: string, remote: string): void {
  if (/^file:\/\/\/.+/.test(remote) || /^(?:ssh|https?):\/\/[^/]+\/.+/.test(remote)) return
  const scheme = url.slice(0, url.indexOf(':'))
  throw new ConductError(
    'STORE_UNSUPPORTED',
    `A git store needs a host and a path, or an absolute path: ${scheme}://host/path.git, git+file:///path.git.`,
  )
}
