import { formatDuration, type EmitEvent } from '@conduct/core'
import { type Mirror, showRemote } from '@conduct/git'
import { remoteSlowMs, remoteStillSlowMs } from './limits.ts'

/** A mirror that says whom it is waiting for: a remote that hangs is named long before it is given up. */
export function patientMirror(mirror: Mirror, emit: EmitEvent): Mirror {
  const told = <Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> =>
    whileTelling(ask, (waitedMs) =>
      emit({
        type: 'progress',
        message: `waiting for ${showRemote(mirror.remote)} (${question}): no answer for ${formatDuration(waitedMs)}`,
      }),
    )
  return {
    ...mirror,
    fetch: () => told('fetch', () => mirror.fetch()),
    listRemote: (patterns) => told('list of refs', () => mirror.listRemote(patterns)),
    remoteHead: (branch) => told(`head of ${branch}`, () => mirror.remoteHead(branch)),
    remoteTag: (tag) => told(`tag ${tag}`, () => mirror.remoteTag(tag)),
    defaultBranch: () => told('default branch', () => mirror.defaultBranch()),
    push: (options) => told(`push to ${options.ref}`, () => mirror.push(options)),
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
