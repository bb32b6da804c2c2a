import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openPlainTrain } from './plain-train.ts'

const repos = 16
/** Survey asks every remote, and preflight asks whether main still stands there. */
const rounds = 2

test('survey and preflight ask all remotes at once: none of them answers before each has been asked', async () => {
  await using remotes = await remotesThatWait({ forEachOther: repos, lookMax: 1000 })
  await using train = await openPlainTrain({ ...idle, consumers: repos - 1, addressOf })

  const plan = await train.conductor.planTrain({ train: 'engine' })

  expect(await remotes.asked()).toBe(rounds * repos)
  const answered = plan.repos.map(({ preflight }) => preflight.find(({ check }) => check === 'main')?.verdict)
  expect(answered).toEqual(Array.from({ length: repos }, () => 'green'))
})

/** The control: who waits for one more than there are is never answered, so that the test above can fail. */
test('a remote that waits for somebody who is never asked does not answer, and is named', async () => {
  await using _ = await remotesThatWait({ forEachOther: 3, lookMax: 10 })
  await using train = await openPlainTrain({ ...idle, consumers: 1, addressOf })

  await expect(train.conductor.planTrain({ train: 'engine' })).rejects.toMatchObject({
    code: 'REMOTE_UNREACHABLE',
  })
})

const idle = { check: 'sleep 0', deploy: 'sleep 0' }

function addressOf(repository: string): string {
  return `ssh://git@waits.example${repository}`
}

interface WaitingRemotes extends AsyncDisposable {
  /** Questions so far. */
  readonly asked: () => Promise<number>
}

/**
 * Git's own way over ssh to repositories on this machine, with a stand-in for ssh: it takes a number, and connects only
 * when everybody of its round has one. It looks `lookMax` times.
 */
async function remotesThatWait(options: {
  readonly forEachOther: number
  readonly lookMax: number
}): Promise<WaitingRemotes> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-waiting-'))
  const numbers = path.join(dir, 'numbers')
  await mkdir(numbers)
  const program = path.join(dir, 'ssh')
  const { forEachOther, lookMax } = options
  const script = `#!/bin/sh
for last; do :; done
own=1
until mkdir ${numbers}/$own 2>/dev/null; do own=$((own + 1)); done
round=$(((own + ${forEachOther} - 1) / ${forEachOther} * ${forEachOther}))
looks=0
until [ -d ${numbers}/$round ]; do
  looks=$((looks + 1))
  [ $looks -le ${lookMax} ] || exit 1
  sleep 0.05
done
exec sh -c "$last"
`
  await writeFile(program, script, { mode: 0o755 })
  const before = process.env['GIT_SSH_COMMAND']
  process.env['GIT_SSH_COMMAND'] = program
  return {
    asked: async () => (await readdir(numbers)).length,
    async [Symbol.asyncDispose]() {
      if (before === undefined) delete process.env['GIT_SSH_COMMAND']
      else process.env['GIT_SSH_COMMAND'] = before
      await rm(dir, { recursive: true })
    },
  }
}
