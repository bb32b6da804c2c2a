import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Command } from '@conduct/config'
import type { ConductEventBody } from '@conduct/core'
import { runCommand } from '@conduct/subprocess'
import { aRepo } from '../survey-fixture.ts'
import { allFailed, checkFailed, runDeclared } from './run-declared.ts'

let cwd: string
let events: ConductEventBody[]
beforeEach(async () => {
  events = []
  cwd = await mkdtemp(join(tmpdir(), 'run-declared-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const run = (commands: readonly Command[], options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  runDeclared(
    {
      runCommand,
      emit: (event) => events.push(event),
      signal: options.signal ?? new AbortController().signal,
    },
    commands,
    { frozen: { name: 'shop', repo: aRepo() }, cwd, timeoutMs: options.timeoutMs ?? 60_000 },
  )

test('passes when every command ends well, and tells every line as it comes', async () => {
  await run([{ shell: 'echo one' }, { shell: 'echo two >&2' }])

  expect(events).toEqual([
    { type: 'command_output', repo: 'shop', command: 'echo one', stream: 'stdout', line: 'one' },
    { type: 'command_output', repo: 'shop', command: 'echo two >&2', stream: 'stderr', line: 'two' },
  ])
})

test('names repo, command, exit code and the tail of the output, and runs nothing after it', async () => {
  const noisy = { shell: 'for i in $(seq 100); do echo line $i; done; exit 4' }

  const failure = run([noisy, { argv: ['touch', 'after'] }])

  await expect(failure).rejects.toMatchObject({ code: 'CHECK_FAILED', exit: 3 })
  const { message } = await failure.then(
    () => new Error('it passed'),
    (error: unknown) => error as Error,
  )
  expect(message).toMatch(/^shop: for i in .*: exit code 4\n/)
  expect(message).toContain('    line 100')
  expect(message).not.toContain('line 80\n')
  expect((await runCommand({ argv: ['ls'] }, { cwd, timeoutMs: 60_000 })).stdout).toBe('')
})

test('names a program that does not exist', async () => {
  await expect(run([{ argv: ['no-such-program-anywhere'] }])).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringContaining('no-such-program-anywhere') as string,
  })
})

test('a command without an end is red, not waited for', async () => {
  await expect(run([{ argv: ['sleep', '600'] }], { timeoutMs: 200 })).rejects.toMatchObject({
    code: 'CHECK_FAILED',
    message: expect.stringContaining('no end within') as string,
  })
})

test('an interrupted command is an interruption, not a red check', async () => {
  const interrupted = AbortSignal.abort(new Error('stopped'))

  await expect(run([{ argv: ['sleep', '600'] }], { signal: interrupted })).rejects.toThrow('stopped')
})

test('several failures become one that names them all', () => {
  const failures = ['shop', 'admin'].map((repo) =>
    checkFailed({ repo, what: 'npm test', how: 'exit code 1', output: 'red' }),
  )

  expect(allFailed(failures)).toMatchObject({
    code: 'CHECK_FAILED',
    message: 'shop: npm test: exit code 1\n    red\nadmin: npm test: exit code 1\n    red',
    details: { failures: [{ repo: 'shop' }, { repo: 'admin' }] },
  })
})
