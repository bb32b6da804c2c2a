import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { systemClock } from './system-clock.ts'
import { openLanePlace } from '../testing/lane-place.ts'
import { identifyProcess, isGroupGone, isProvedDead, ownProcess } from './process-identity.ts'

const sleeper = ['-e', 'setInterval(() => undefined, 1000)']

async function start(options: { readonly detached?: boolean } = {}) {
  const child = spawn(process.execPath, sleeper, { stdio: 'ignore', ...options })
  await once(child, 'spawn')
  const identity = identifyProcess(child.pid ?? 0)
  if (identity === null) throw new Error('the process runs')
  const kill = async (): Promise<void> => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return { child, identity, kill }
}

describe('death is proved', () => {
  test('never while the process runs, also when it is stopped; always when it is gone', async () => {
    const { child, identity, kill } = await start()

    expect(isProvedDead(identity)).toBe(false)
    child.kill('SIGSTOP')
    expect(isProvedDead(identity)).toBe(false)
    await kill()
    expect(isProvedDead(identity)).toBe(true)
  })

  test('by another start time: a pid that was used again is somebody else', () => {
    expect(isProvedDead({ ...ownProcess(), startedAt: '1' })).toBe(true)
    expect(isProvedDead(ownProcess())).toBe(false)
  })

  test('never across boots or pid namespaces', async () => {
    const { identity, kill } = await start()
    await kill()

    expect(isProvedDead({ ...identity, bootId: 'another' })).toBe(false)
    expect(isProvedDead({ ...identity, pidNamespace: 'pid:[1]' })).toBe(false)
  })

  test('only when the process group it names is gone too', async () => {
    const leader = await start({ detached: true })
    const other = await start()
    await other.kill()
    const identity = { ...other.identity, group: leader.identity.pid }

    expect(isProvedDead(identity)).toBe(false)
    await leader.kill()
    expect(isGroupGone(leader.identity.pid)).toBe(true)
    expect(isProvedDead(identity)).toBe(true)
  })
})

describe.runIf(process.platform === 'linux')('a killed process that its parent does not collect', () => {
  /** A parent that starts a process group of two, says who they are and never waits for them. */
  const careless = `
    import os, time
    ready, tell = os.pipe()
    leader = os.fork()
    if leader == 0:
        os.setpgid(0, 0)
        other = os.fork()
        if other != 0:
            os.write(tell, str(other).encode())
        while True:
            time.sleep(1)
    other = os.read(ready, 20).decode()
    os.write(1, (str(leader) + ' ' + other).encode())
    while True:
        time.sleep(1)
  `

  test('counts as gone, and so does its group once nobody else of it lives', async () => {
    const parent = spawn('python3', ['-c', careless.replaceAll(/^ {4}/gm, '')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [words] = (await once(parent.stdout, 'data')) as [Buffer]
    const [leader, other] = words.toString().split(' ').map(Number)
    // 0 would be this very group.
    if (!leader || !other) throw new Error(`two processes were started, and it said ${words.toString()}`)
    const identity = identifyProcess(leader)
    if (identity === null) throw new Error('the leader runs')
    const withGroup = { ...identity, group: leader }

    process.kill(leader, 'SIGKILL')
    await until(() => stateOf(leader) === 'Z')

    expect(isProvedDead(identity)).toBe(true)
    expect(isGroupGone(leader)).toBe(false)
    expect(isProvedDead(withGroup)).toBe(false)
    process.kill(other, 'SIGKILL')
    await until(() => stateOf(other) !== 'S' && stateOf(other) !== 'R')
    expect(stateOf(leader)).toBe('Z')
    expect(isGroupGone(leader)).toBe(true)
    expect(isProvedDead(withGroup)).toBe(true)
    parent.kill('SIGKILL')
  })
})

function stateOf(pid: number): string | null {
  try {
    return /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let look = 0; look < 1000; look++) {
    if (isTrue()) return
    await systemClock.sleep(10)
  }
  throw new Error('it never came true')
}

describe('a dead attended holder', () => {
  const asked = { resources: ['shop'], waitMsMax: 0, whenHeld: 'fail' } as const

  test('is taken over at once on its own host; an unattended one is not', async () => {
    await using place = await openLanePlace()
    const { identity, kill } = await start()
    const holder = place.open('ana').lane('lane')
    const dead = await holder.acquire({ ...asked, attended: true, process: identity })
    const unattended = await holder.acquire({ ...asked, resources: ['docs'], attended: false })
    expect([dead.outcome, unattended.outcome]).toEqual(['granted', 'granted'])
    const next = place.open('ben').lane('lane')
    expect((await next.acquire({ ...asked, attended: true })).outcome).toBe('refused')

    await kill()

    const taken = await next.acquire({ ...asked, attended: true })
    expect(taken.outcome).toBe('granted')
    expect((await next.acquire({ ...asked, resources: ['docs'], attended: true })).outcome).toBe('refused')
    expect((await next.inspect()).recent).toContainEqual(expect.objectContaining({ outcome: 'lapsed' }))
    if (taken.outcome === 'granted') await taken.lease.release()
    if (dead.outcome === 'granted') await dead.lease.release()
  })

  test('that was kept is never taken over as dead', async () => {
    await using place = await openLanePlace()
    const { identity, kill } = await start()
    const held = await place
      .open('ana')
      .lane('lane')
      .acquire({ ...asked, attended: true, process: identity, run: 'r1' as never })
    if (held.outcome !== 'granted') throw new Error('expected a lease')
    await held.lease.keep({ reason: 'published' })

    await kill()

    const next = await place
      .open('ben')
      .lane('lane')
      .acquire({ ...asked, attended: true })
    expect(next.outcome).toBe('refused')
    await held.lease.release()
  })
})
