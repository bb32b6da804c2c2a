import type { CommandResult } from '@conduct/subprocess'
import { describe, expect, it } from 'vitest'
import { tarballPublisher } from './publish-tarball.ts'

/** No transparency log can be run here: the client's words are scripted, as npm prints a 409 of the log. */
const tlogConflict = JSON.stringify({
  error: {
    code: 'TLOG_CREATE_ENTRY_ERROR',
    summary: 'error creating tlog entry - (409) an equivalent entry already exists in the transparency log',
  },
})

function scripted(answers: readonly string[]) {
  const state = { calls: 0, running: 0, runningMax: 0 }
  const runCommand = async (): Promise<CommandResult> => {
    const stdout = answers[state.calls] ?? ''
    state.calls += 1
    state.running += 1
    state.runningMax = Math.max(state.runningMax, state.running)
    await Promise.resolve()
    state.running -= 1
    const base = { outcome: 'exited', signal: null, stderr: '', durationMs: 1, isTruncated: false } as const
    return { ...base, stdout, exitCode: stdout === '' ? 0 : 1 }
  }
  return { state, runCommand }
}

const published = {
  name: '@acme/a',
  version: '1.0.0',
  directory: '.',
  isPrivate: false,
  registry: 'https://r.test/',
  needs: [],
}

function publisher() {
  return tarballPublisher({
    argvOf: (tarball) => ['npm', 'publish', tarball],
    scopedRegistryFlag: (scope) => `--${scope}:registry`,
    env: { HOME: '/nonexistent' },
  })
}

function options(runCommand: () => Promise<CommandResult>) {
  const place = { tarball: '/a.tgz', package: published, worktree: '/nonexistent', distTag: 'latest' }
  return { ...place, timeoutMs: 1000, context: { runCommand } }
}

describe('publishing with provenance', () => {
  it('signs again when the transparency log answers 409', async () => {
    const { state, runCommand } = scripted([tlogConflict, tlogConflict, ''])

    await publisher()(options(runCommand))

    expect(state.calls).toBe(3)
  })

  it('gives up after three signatures, without knowing the outcome', async () => {
    const { state, runCommand } = scripted([tlogConflict, tlogConflict, tlogConflict, ''])

    await expect(publisher()(options(runCommand))).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(state.calls).toBe(3)
  })

  it('signs again one package at a time', async () => {
    const first = scripted([tlogConflict, ''])
    const second = scripted([tlogConflict, ''])
    const running = { now: 0, max: 0 }
    const counted = (run: () => Promise<CommandResult>, state: { readonly calls: number }) => async () => {
      const isRetry = state.calls > 0
      running.now += isRetry ? 1 : 0
      running.max = Math.max(running.max, running.now)
      const result = await run()
      running.now -= isRetry ? 1 : 0
      return result
    }
    const publish = publisher()

    await Promise.all([
      publish(options(counted(first.runCommand, first.state))),
      publish(options(counted(second.runCommand, second.state))),
    ])

    expect([first.state.calls, second.state.calls]).toEqual([2, 2])
    expect(running.max).toBe(1)
  })

  it('does not repeat a publish for any other reason', async () => {
    const { state, runCommand } = scripted(['{"error":{"code":"E500","summary":"boom"}}', ''])

    await expect(publisher()(options(runCommand))).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' })
    expect(state.calls).toBe(1)
  })
})
