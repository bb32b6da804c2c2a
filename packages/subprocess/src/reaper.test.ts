import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reaper-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A process that runs one endless command under a deadline, and prints the reaper's group. */
const owner = (leftMs: number | null): ChildProcess => {
  const script = `
    const { existsSync } = await import('node:fs')
    const { endCommandsBefore, reaperGroup, runCommand } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    const running = runCommand({ shell: 'echo $HOME > home; echo $$ > command; exec sleep 60' }, { cwd: ${JSON.stringify(folder)}, timeoutMs: 60_000 })
    while (!existsSync(${JSON.stringify(join(folder, 'command'))})) await new Promise((resolve) => setTimeout(resolve, 10))
    endCommandsBefore(${JSON.stringify(leftMs === null ? null : { leftMs, stopMs: 200 })})
    console.log(reaperGroup())
    await running`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

const reaperOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.stdout?.once('data', (data: Buffer) => resolve(Number(data.toString())))
  })

const commandOf = async (): Promise<number> => {
  while (!(await readdir(folder)).includes('command')) await tick()
  for (;;) {
    const pid = Number(await readFile(join(folder, 'command'), 'utf8'))
    if (pid > 0) return pid
    await tick()
  }
}

/** Running, not merely waiting to be collected by its parent. */
const isRunning = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return stat !== null && !/^\d+ \(.*\) [ZX]/.test(stat)
}

const untilGone = async (pid: number): Promise<void> => {
  while (await isRunning(pid)) await tick()
}

const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

describe.skipIf(process.platform !== 'linux')('the reaper (needs /proc)', () => {
  test('ends the command of a killed owner, removes its home, and leaves only after it', async () => {
    const child = owner(null)
    const [reaper, command] = await Promise.all([reaperOf(child), commandOf()])
    const home = (await readFile(join(folder, 'home'), 'utf8')).trim()
    const before = await readdir(home)

    child.kill('SIGKILL')
    await untilGone(reaper)

    expect(await isRunning(command)).toBe(false)
    expect(before).toEqual([])
    await expect(readdir(home)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('control: a reaper that is dead itself leaves the command of a killed owner running', async () => {
    const child = owner(null)
    const [reaper, command] = await Promise.all([reaperOf(child), commandOf()])

    child.kill('SIGSTOP')
    process.kill(reaper, 'SIGKILL')
    child.kill('SIGKILL')
    await untilGone(reaper)

    expect(await isRunning(command)).toBe(true)
    process.kill(command, 'SIGKILL')
  })

  test('ends the command of a stopped owner before the deadline', async () => {
    const child = owner(1500)
    const command = await commandOf()

    child.kill('SIGSTOP')
    await untilGone(command)

    expect(await isRunning(command)).toBe(false)
    child.kill('SIGKILL')
  })

  test('control: without a deadline the command of a stopped owner goes on', async () => {
    const [stopped, other] = [owner(null), owner(1500)]
    const command = await commandOf()
    const reaper = await reaperOf(stopped)

    stopped.kill('SIGSTOP')
    await new Promise((resolve) => other.once('exit', resolve))

    expect(await isRunning(reaper)).toBe(true)
    stopped.kill('SIGKILL')
    await untilGone(reaper)
    await untilGone(command)
  })
})
