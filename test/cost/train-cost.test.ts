import { expect, test } from 'vitest'
import { makeBareTrain } from './bare-train.ts'
import { countGit, tally } from './git-processes.ts'
import { openPlainTrain } from './plain-train.ts'
import { countStore } from './store-calls.ts'

const consumers = 3
const repos = consumers + 1

/** Processes are what a conductor of many repositories spends: who adds one per repository has to say so here. */
test('a train starts no more processes of git than these, its mirrors being warm, and writes to its store no oftener', async () => {
  const store = countStore()
  await using train = await openPlainTrain({
    consumers,
    check: 'sleep 0',
    deploy: 'sleep 0',
    over: store.over,
  })
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
    // Survey: what the remote has; which commit main is and which files it holds, asked of one process.
    fetch: repos,
    'cat-file': repos,
    // Preflight: whether main still stands there.
    'ls-remote': repos,
  }
  expect(await ours()).toEqual(planned)

  store.clear()
  const { exit } = await train.conductor.runTrain({ train: 'engine', waitMsMax: 0 })
  expect(exit).toBe(0)
  // One worktree each: for the producer's checks, and for each consumer's deploy.
  const ran = { ...planned, 'read-tree': repos }
  expect(await ours()).toEqual(ran)
  // One slot per record at most; those that are asked for at once ride together, so that it may be fewer.
  expect(store.read()['log.append']).toBeLessThanOrEqual(11 + 3 * consumers)
  expect(store.read()['register.change']).toBeLessThanOrEqual(6 + consumers)

  // The floor of the benchmark is made of the same processes: once to plan, once to run.
  await makeBareTrain({ dir: train.dir, remotes: train.remotes, check: 'sleep 0', deploy: 'sleep 0' })
  const { clone, ...bare } = await ours()
  expect(clone).toBe(repos)
  const { 'rev-parse': _whereTheFileLies, ...twice } = sum(planned, ran)
  expect(bare).toEqual(twice)
})

function sum(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
}
