import { expect, test } from 'vitest'
import { countGit, tally } from './git-processes.ts'
import { openPlainTrain } from './plain-train.ts'

const consumers = 3
const repos = consumers + 1

/** Processes are what a conductor of many repositories spends: who adds one per repository has to say so here. */
test('a train starts no more processes of git than these, its mirrors being warm', async () => {
  await using train = await openPlainTrain({ consumers, check: 'sleep 0', deploy: 'sleep 0' })
  await using git = await countGit(train.dir)
  const ours = async () => {
    const counted = tally((await git.read()).filter(({ isOurs }) => isOurs))
    await git.clear()
    return counted
  }
  await train.conductor.planTrain({ train: 'engine' })
  await ours()

  await train.conductor.planTrain({ train: 'engine' })
  const planned = {
    // Where lanes.yaml lies.
    'rev-parse': 1,
    // Survey: what the remote has, which commit main is, which files it holds.
    fetch: repos,
    'for-each-ref': repos,
    'ls-tree': consumers,
    // Preflight: whether main still stands there.
    'ls-remote': repos,
  }
  expect(await ours()).toEqual(planned)

  const { exit } = await train.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
  expect(exit).toBe(0)
  // One worktree each: for the producer's checks, and for each consumer's deploy.
  expect(await ours()).toEqual({ ...planned, 'read-tree': repos })
})
