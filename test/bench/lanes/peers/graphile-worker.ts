import { EventEmitter } from 'node:events'
import { Logger, makeWorkerUtils, run, type RunnerOptions } from 'graphile-worker'
import type { Peer, Relay } from './peer.ts'

const queueName = 'lane'
const taskName = 'inside'
/** New jobs are told by NOTIFY; that a queue has become free is found by polling: by default every 2 seconds. */
const pollInterval = 100

/** Jobs of one named queue run one at a time: a turn is a job from being added to being completed. */
export async function openGraphileWorker(url: string): Promise<Peer> {
  const shared = { connectionString: url, logger: new Logger(() => () => undefined), noHandleSignals: true }
  const utils = await makeWorkerUtils(shared)
  await utils.migrate()
  const startRunner = (options: Pick<RunnerOptions, 'taskList' | 'events'>) =>
    run({ ...shared, concurrency: 1, pollInterval, ...options })
  const addJob = () => utils.addJob(taskName, {}, { queueName })
  const events = new EventEmitter()
  const runner = await startRunner({ taskList: { [taskName]: () => undefined }, events })

  const relay = async ({ contenders, turns, inside }: Relay): Promise<void> => {
    await runner.stop()
    let left = turns
    const done = Promise.withResolvers<void>()
    const task = async (): Promise<void> => {
      await inside()
      left -= 1
      if (left === 0) done.resolve()
    }
    for (let job = 0; job < turns; job++) await addJob()
    const runners = await Promise.all(
      Array.from({ length: contenders }, () => startRunner({ taskList: { [taskName]: task } })),
    )
    await done.promise
    await Promise.all(runners.map((one) => one.stop()))
  }

  return {
    label: `graphile-worker, one named queue (polls every ${pollInterval} ms; its turn ends before the job is removed)`,
    turn: async () => {
      const completed = new Promise((resolve) => {
        events.once('job:complete', resolve)
      })
      await addJob()
      await completed
    },
    relay,
    [Symbol.asyncDispose]: async () => {
      await utils.release()
    },
  }
}
