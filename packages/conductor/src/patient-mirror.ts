import { setTimeout as delay } from 'node:timers/promises'
import { formatDuration, type EmitEvent, isConductError } from '@conduct/core'
import { type Mirror, showRemote } from '@conduct/git'
import { remoteSlowMs, remoteStillSlowMs } from './limits.ts'

/** A server that stumbles once is asked once more after this. */
const stumbleMs = 500
/** What git says when the other side broke down, or off, while it answered. */
const stumbled =
  /returned error: 5\d\d|HTTP 5\d\d|hung up unexpectedly|early EOF|connection (?:was )?reset|RPC failed|Empty reply|unexpected disconnect/i

/**
 * A mirror that says whom it is waiting for: a remote that hangs is named long before it is given up. A question that
 * a server stumbles over is asked once more; what changes something is not.
 */
export function patientMirror(mirror: Mirror, emit: EmitEvent): Mirror {
  const told = <Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> =>
    whileTelling(ask, (waitedMs) =>
      emit({
        type: 'progress',
        message: `waiting for ${showRemote(mirror.remote)} (${question}): no answer for ${formatDuration(waitedMs)}`,
      }),
    )
  const asked = <Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> =>
    told(question, () => onceMore(ask))
  return {
    ...mirror,
    fetch: () => asked('fetch', () => mirror.fetch()),
    fetchRef: (ref) => asked(ref, () => mirror.fetchRef(ref)),
    listRemote: (patterns) => asked('list of refs', () => mirror.listRemote(patterns)),
    remoteHead: (branch) => asked(`head of ${branch}`, () => mirror.remoteHead(branch)),
    remoteTag: (tag) => asked(`tag ${tag}`, () => mirror.remoteTag(tag)),
    defaultBranch: () => asked('default branch', () => mirror.defaultBranch()),
    elsewhere: {
      ...mirror.elsewhere,
      remoteHead: (remote, branch) => onceMore(() => mirror.elsewhere.remoteHead(remote, branch)),
    },
    push: (options) => told(`push to ${options.ref}`, () => mirror.push(options)),
  }
}

async function onceMore<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (!isConductError(error, 'REMOTE_UNREACHABLE')) throw error
    const { stderr } = error.details
    if (!stumbled.test(typeof stderr === 'string' ? `${error.message}\n${stderr}` : error.message))
      throw error
    await delay(stumbleMs)
    return await ask()
  }
}

async function whileTelling<Answer>(
  ask: () => Promise<Answer>,
  tell: (waitedMs: number) => void,
): Promise<Answer> {
  let waitedMs = remoteSlowMs
  const next = (): NodeJS.Timeout => {
    return setTimeout(
      () => {
        tell(waitedMs)
        waitedMs += remoteStillSlowMs
        timer = next()
      },
      waitedMs === remoteSlowMs ? remoteSlowMs : remoteStillSlowMs,
    )
  }
  let timer = next()
  try {
    return await ask()
  } finally {
    clearTimeout(timer)
  }
}
