/**
 * What the conductor itself costs: a train whose declared commands only sleep, so that no package manager is
 * measured. The critical path is the longest chain of those commands; git, the store, worktrees, processes and
 * waiting for a place all count against us.
 *
 * The floor takes turns with it: the same processes (`train-cost.test.ts` compares them), started by a plain loop
 * that is as parallel. What a train takes beyond its floor is what Conduct adds.
 *
 * And survey with preflight: remotes on this machine, which only compute, and remotes that take a second to answer.
 */
import { type BareTrain, runBareTrain } from '../cost/bare-train.ts'
import { openPlainTrain, type PlainTrain } from '../cost/plain-train.ts'
import { countForgeCalls } from './forge-calls.ts'
import type { MeasureOptions } from './measure-options.ts'
import { elapsedMs } from './samples.ts'
import { slowly } from './slow-remotes.ts'
import { showMs, showRatio, toForm } from './table.ts'

const consumerCounts = [1, 5, 20, 50]
const checkSeconds = 4
const deploySeconds = 4
/** The producer's checks, then the deploys side by side: without a library there is nothing to try in a consumer. */
const criticalMs = (checkSeconds + deploySeconds) * 1000
/** Until a slow remote says anything. */
const answerSeconds = 1

interface Measured {
  readonly count: number
  readonly planMs: number
  readonly runMs: number
  readonly slowPlanMs: number
  readonly floor: BareTrain
}

export async function measure({ form }: MeasureOptions): Promise<void> {
  const measured: Measured[] = []
  for (const count of consumerCounts) {
    const one = await measureTrain(count)
    process.stderr.write(`  ${count} consumers: ${showMs(one.runMs)}, floor ${showMs(one.floor.runMs)}\n`)
    measured.push(one)
  }
  const [least] = measured
  process.stdout.write(
    toForm(
      {
        title: 'Makespan over critical path',
        columns: [
          'consumers',
          'makespan',
          'critical path',
          'ratio',
          'floor',
          'floor ratio',
          'over the floor',
        ],
        rows: measured.map(({ count, runMs, floor }) => [
          String(count),
          showMs(runMs),
          showMs(criticalMs),
          showRatio(runMs / criticalMs),
          showMs(floor.runMs),
          showRatio(floor.runMs / criticalMs),
          showRatio(runMs / floor.runMs),
        ]),
        note: 'declared commands sleep; floor: the same processes in a plain loop',
      },
      form,
    ),
  )
  process.stdout.write(
    toForm(
      {
        title: 'Survey and preflight, mirrors warm',
        columns: [
          'repositories',
          'local remotes',
          'floor',
          'over the floor',
          `remotes that wait ${answerSeconds} s`,
          'against two',
        ],
        rows: measured.map(({ count, planMs, slowPlanMs, floor }) => [
          String(count + 1),
          showMs(planMs),
          showMs(floor.planMs),
          showRatio(planMs / floor.planMs),
          showMs(slowPlanMs),
          showRatio(slowPlanMs / (least?.slowPlanMs ?? Number.NaN)),
        ]),
        note: 'each remote is asked twice, one after the other: what there is, and whether it still is',
      },
      form,
    ),
  )
  process.stdout.write(toForm(await countForgeCalls(), form))
}

async function measureTrain(count: number): Promise<Measured> {
  const commands = { check: `sleep ${checkSeconds}`, deploy: `sleep ${deploySeconds}` }
  await using train = await openPlainTrain({ consumers: count, ...commands })
  const { conductor, dir, remotes } = train
  const planMs = await warmPlanMs(train)
  const floor = await runBareTrain({ dir, remotes, ...commands })
  const runMs = await elapsedMs(async () => {
    const { exit, record } = await conductor.runTrain({ train: 'engine', waitMsMax: 0 })
    if (exit !== 0) throw new Error(`the train ended with ${exit}: ${JSON.stringify(record.stop)}`)
  })
  await using slow = await slowly(answerSeconds)
  await using far = await openPlainTrain({ consumers: count, ...commands, addressOf: slow.addressOf })
  return { count, planMs, runMs, floor, slowPlanMs: await warmPlanMs(far) }
}

async function warmPlanMs({ conductor }: PlainTrain): Promise<number> {
  const plan = async () => void (await conductor.planTrain({ train: 'engine' }))
  await plan()
  return elapsedMs(plan)
}
