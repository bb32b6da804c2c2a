import { randomUUID } from 'node:crypto'
import { ConductError } from '@conduct/core'
import type { SentPush } from '@conduct/git'
import { conductRefs, probeRefs } from './git-names.ts'
import type { GitRepository } from './git-repository.ts'

/**
 * What one-at-a-time rests on in a git remote, tried before it is trusted:
 *
 * - `create_race`: of two commits pushed at the same moment to one new ref, exactly one wins;
 * - `stale_update`: a push that expects another commit than the one that stands there must lose;
 * - `read_back`: what is read is what was pushed last (no mirror that lags, no push that goes elsewhere).
 *
 * The result is remembered in the repository (one ref per estate) and in this machine's cache: later openings look
 * once per machine, and not at all after that.
 *
 * @throws ConductError STORE_LIES, STORE_REFUSED, STORE_UNREACHABLE
 */
export async function requireHonestRemote(repository: GitRepository, estate: string | null): Promise<void> {
  const passed = `${probeRefs(estate)}passed`
  const mark = passed.slice(conductRefs.length).replaceAll('/', '+')
  if ((await repository.refs().readMark(mark)) !== null) return
  await repository.call(async () => {
    const { callMsMax } = repository
    const isRemembered = (await repository.refs().fetch(passed, callMsMax)) !== null
    if (!isRemembered) {
      await tryRemote(repository, estate)
      // Another process may have been quicker: then it is remembered already.
      await pushProbe(repository, { ref: passed, commit: await probeCommit(repository), expect: null })
    }
    await repository.refs().writeMark(mark, new Date().toISOString())
  })
}

/** Runs the three probes on a ref of their own, and removes it. */
export async function tryRemote(repository: GitRepository, estate: string | null): Promise<void> {
  const ref = `${probeRefs(estate)}${randomUUID()}`
  const [one, other] = [await probeCommit(repository), await probeCommit(repository)]
  const answers = await Promise.all(
    [one, other].map(async (commit) => pushProbe(repository, { ref, commit, expect: null })),
  )
  const winners = [one, other].filter((_commit, at) => answers[at]?.outcome === 'pushed')
  const [winner] = winners
  if (winner === undefined || winners.length > 1) {
    throw lies(repository, 'create_race', `${winners.length} of 2 pushes that create one ref were accepted`)
  }
  const stale = await pushProbe(repository, {
    ref,
    commit: await probeCommit(repository),
    expect: winner === one ? other : one,
  })
  if (stale.outcome === 'pushed')
    throw lies(repository, 'stale_update', 'a push with a stale expectation won')
  const stands = await repository.refs().fetch(ref, repository.callMsMax)
  if (stands !== winner) {
    const seen = stands === null ? 'no such ref' : `another commit, ${stands.slice(0, 12)}`
    throw lies(repository, 'read_back', `after a push that was accepted the ref reads as ${seen}`)
  }
  await repository.refs().remove({ ref, expect: winner }, repository.callMsMax)
}

async function pushProbe(
  repository: GitRepository,
  swap: { readonly ref: string; readonly commit: string; readonly expect: string | null },
): Promise<SentPush> {
  const sent = await repository.push(swap, repository.callMsMax)
  if (sent.outcome !== 'refused') return sent
  throw new ConductError(
    'STORE_REFUSED',
    `${repository.shown} does not let us write below ${conductRefs}: ${sent.reason}`,
  )
}

function probeCommit(repository: GitRepository): Promise<string> {
  const files = new Map([['probe.json', `${JSON.stringify({ format: 1, nonce: randomUUID() })}\n`]])
  const change = { parent: null, files, message: 'probe', wallMs: Date.now() }
  return repository.refs().commit(change, repository.callMsMax)
}

function lies({ shown }: GitRepository, probe: string, found: string): ConductError {
  return new ConductError('STORE_LIES', `${shown} failed the probe ${probe}: ${found}.`)
}
