/**
 * What the conductor itself costs: a train whose declared commands only sleep, so that no package manager and no
 * second core is measured. The critical path is the longest chain of those commands; git, the store, worktrees,
 * processes and waiting for a place all count against us.
 *
 * And survey with preflight, for many repositories against one.
 */
import { openPlainTrain } from '../cost/plain-train.ts'
import type { MeasureOptions } from './measure-options.ts'
import { elapsedMs } from './samples.ts'
import { showMs, showRatio, toForm } from './table.ts'

const consumerCounts = [1, 5, 20, 50]
const checkSeconds = 4
const deploySeconds = 4
/** The producer's checks, then the deploys side by side: without a library there is nothing to try in a consumer. */
const criticalMs = (checkSeconds + deploySeconds) * 1000

export async function measure({ form }: MeasureOptions): Promise<void> {
  const trains: string[][] = []
  const plans: { readonly count: number; readonly ms: number }[] = []
  for (const count of consumerCounts) {
    await using world = await openPlainTrain({
      consumers: count,
      check: `sleep ${checkSeconds}`,
      deploy: `sleep ${deploySeconds}`,
    })
    const { conductor } = world
    await conductor.planTrain({ train: 'engine' })
    plans.push({
      count,
      ms: await elapsedMs(async () => void (await conductor.planTrain({ train: 'engine' }))),
    })
    const makespanMs = await elapsedMs(async () => {
      const { exit, record } = await conductor.runTrain({ train: 'engine', waitMsMax: 0 })
      if (exit !== 0) throw new Error(`the train ended with ${exit}: ${JSON.stringify(record.stop)}`)
    })
    process.stderr.write(`  ${count} consumers: ${showMs(makespanMs)}\n`)
    trains.push([
      String(count),
      showMs(makespanMs),
      showMs(criticalMs),
      showRatio(makespanMs / criticalMs),
      showMs(makespanMs - criticalMs),
    ])
  }
  const one = plans[0]?.ms ?? Number.NaN
  process.stdout.write(
    toForm(
      {
        title: 'Makespan over critical path',
        columns: ['consumers', 'makespan', 'critical path', 'ratio', 'our own'],
        rows: trains,
        note: 'declared commands sleep; git and everything else counts against us',
      },
      form,
    ),
  )
  process.stdout.write(
    toForm(
      {
        title: 'Survey and preflight, mirrors warm',
        columns: ['repositories', 'took', 'against two'],
        rows: plans.map(({ count, ms }) => [String(count + 1), showMs(ms), showRatio(ms / one)]),
      },
      form,
    ),
  )
}
