import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { startReaper } from './reaper.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A process that runs one endless command, with or without a reaper, and prints the command's group. */
const owner = (options: { readonly guarded: boolean; readonly leftMs?: number }): ChildProcess => {
  const script = `
    const { startReaper, runCommand } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    const reaper = ${options.guarded ? 'await startReaper()' : '{ runCommand, group: 0, holdFor() {} }'}
    reaper.holdFor(${JSON.stringify(options.leftMs === undefined ? null : { leftMs: options.leftMs, stopMs: 200 })})
    await reaper.runCommand({ argv: [process.execPath, '-e', 'setInterval(() => {}, 1000)'] }, {
      cwd: ${JSON.stringify(folder)}, timeoutMs: 60_000,
      onGroup: (group) => console.log(group + ' ' + reaper.group),
    })`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

const groupsOf = (child: ChildProcess): Promise<{ command: number; reaper: number }> =>
  new Promise((resolve) => {
    child.stdout?.once('data', (data: Buffer) => {
      const [command, reaper] = data.toString().trim().split(' ').map(Number)
      resolve({ command: command ?? 0, reaper: reaper ?? 0 })
    })
  })

/** Running, not merely waiting to be collected by its parent. */
const isRunning = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/^\d+ \(.*\) [ZX]/.test(stat)
}

const untilGone = async (pid: number): Promise<void> => {
  while (await isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe.skipIf(process.platform !== 'linux')('a reaper (needs /proc)', () => {
  test('ends a command whose owner was killed, and leaves only after it', async () => {
    const child = owner({ guarded: true })
    const { command, reaper } = await groupsOf(child)

    child.kill('SIGKILL')
    await untilGone(reaper)

    expect(await isRunning(command)).toBe(false)
  })

  // A killed owner's command ends without it, too (lifeline.ts); a stopped owner is what only the reaper sees.
  test('control: without it, the command of a stopped owner goes on past the deadline', async () => {
    const [guarded, unguarded] = [
      owner({ guarded: true, leftMs: 1500 }),
      owner({ guarded: false, leftMs: 1500 }),
    ]
    const [{ command: ended }, { command: outliving }] = await Promise.all([
      groupsOf(guarded),
      groupsOf(unguarded),
    ])

    unguarded.kill('SIGSTOP')
    guarded.kill('SIGSTOP')
    await untilGone(ended)

    expect(await isRunning(outliving)).toBe(true)
    process.kill(-outliving, 'SIGKILL')
    guarded.kill('SIGKILL')
    unguarded.kill('SIGKILL')
  })

  test('ends a command before the deadline when its owner is stopped', async () => {
    const child = owner({ guarded: true, leftMs: 1500 })
    const { command } = await groupsOf(child)

    child.kill('SIGSTOP')
    await untilGone(command)

    child.kill('SIGKILL')
    expect(await isRunning(command)).toBe(false)
  })

  test('is gone when disposed, and its commands answered as without it', async () => {
    const reaper = await startReaper()

    const result = await reaper.runCommand({ argv: ['echo', 'hello'] }, { cwd: folder, timeoutMs: 10_000 })
    await reaper[Symbol.asyncDispose]()

    expect(result).toMatchObject({ outcome: 'exited', stdout: 'hello\n' })
    expect(await isRunning(reaper.group)).toBe(false)
  })
})
