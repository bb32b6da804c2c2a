import { chmod, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Scratch, scratchRepository } from './scratch-repository.ts'
import { openRemoteTrial } from './try-remote.ts'

let scratch: Scratch
beforeEach(async () => {
  scratch = await scratchRepository()
  await scratch.commit({ 'a.txt': 'one' })
})
afterEach(() => scratch[Symbol.asyncDispose]())

const refsAndObjects = () =>
  scratch.git(scratch.bare, 'cat-file', '--batch-check', '--batch-all-objects').then(async (objects) => ({
    objects,
    refs: await scratch.git(scratch.bare, 'for-each-ref'),
  }))

describe('a remote is tried', () => {
  test('and says yes to reading and pushing, while nothing is written there', async () => {
    const before = await refsAndObjects()
    await using trial = await openRemoteTrial({ timeoutMs: 30_000 })

    expect(await trial.read(scratch.remote)).toMatchObject({ answer: 'yes', detail: '1 branch' })
    expect(await trial.push(scratch.remote)).toMatchObject({ answer: 'yes' })

    expect(await refsAndObjects()).toEqual(before)
    // The control: a push that is meant is seen by the same look.
    await scratch.git(scratch.clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/other')
    expect(await refsAndObjects()).not.toEqual(before)
  })

  test('and no hook of it is asked, which would take it for a real push', async () => {
    const hook = join(scratch.bare, 'hooks', 'pre-receive')
    await writeFile(hook, `#!/bin/sh\ntouch '${scratch.folder}/asked'\nexit 1\n`)
    await chmod(hook, 0o755)
    await using trial = await openRemoteTrial({ timeoutMs: 30_000 })

    expect(await trial.push(scratch.remote)).toMatchObject({ answer: 'yes' })
    await expect(scratch.commit({ 'a.txt': 'two' })).rejects.toThrow('pre-receive')
  })

  test('and is no repository', async () => {
    await using trial = await openRemoteTrial({ timeoutMs: 30_000 })
    const nowhere = `file://${scratch.folder}/nowhere.git`

    expect(await trial.read(nowhere)).toMatchObject({ answer: 'no' })
    expect(await trial.push(nowhere)).toMatchObject({ answer: 'no' })
    await expect(trial.read('ext::sh -c true')).rejects.toMatchObject({ code: 'GIT_REMOTE_INVALID' })
  })

  test('and hangs, or is not there: given up in time, and its password is not shown', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    await using trial = await openRemoteTrial({ timeoutMs: 1500 })
    const hung = trial.read(`http://ana:hunter2pass@127.0.0.1:${port}/shop.git`)

    const [said, gone] = await Promise.all([hung, trial.read('http://ana:hunter2pass@127.0.0.1:9/shop.git')])

    silent.close()
    expect([said, gone]).toMatchObject([{ answer: 'silent' }, { answer: 'silent' }])
    expect(JSON.stringify([said, gone])).not.toContain('hunter2pass')
  })
})
