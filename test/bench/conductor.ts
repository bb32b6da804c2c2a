/**
 * What the conductor itself costs: a train whose declared commands only sleep, so that no package manager is
 * measured. The makespan is that of `conduct run` as it is typed: the bundle, from its start to its exit.
 *
 * Two measures of the same run. The critical path is the longest chain of external commands, bare: what git and the
 * declared commands take for the producer and one consumer, when nobody else is on the machine. The floor is all of
 * the same processes (`train-cost.test.ts` compares them), started by a plain loop that is as parallel: what this
 * machine's cores make of them. Start-up, git's output, the store, worktrees, waiting for a place: all count against us.
 *
 * And survey with preflight: remotes on this machine, which only compute, and remotes that take a second to answer,
 * against one such repository, bare.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BareTrain, runBareTrain } from '../cost/bare-train.ts'
import { createPlainEstate, type PlainEstate } from '../cost/plain-train.ts'
import { bundledCli } from './bundled-cli.ts'
import { countForgeCalls } from './forge-calls.ts'
import type { MeasureOptions } from './measure-options.ts'
import { slowly } from './slow-remotes.ts'
import { showMs, showRatio, type Table, toForm } from './table.ts'
import { typeConduct } from './typed-conduct.ts'
import { writeReadmeTable } from '../readme-tables.ts'
import { describeMachine } from './machine.ts'

const consumerCounts = [1, 5, 20, 50]
/** Of the check and of each deploy: so short that what we add shows, and as short as a team's are at least. */
const lengths = { short: 4, usual: 30 } as const
const commandsOf = (seconds: number) => ({ check: `sleep ${seconds}`, deploy: `sleep ${seconds}` })
/** What is asked for: a makespan within this of the critical path. */
const ratioWanted = 1.05
/** Until a slow remote says anything. */
const answerSeconds = 1

interface Measured {
  readonly count: number
  readonly planMs: number
  readonly runMs: number
  readonly slowPlanMs: number
  readonly floor: BareTrain
  /** With commands of the usual length. */
  readonly usualRunMs: number
}

export async function measure({ form, isForReadme }: MeasureOptions): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  try {
    const program = await bundledCli(dir)
    const measured: Measured[] = []
    for (const count of consumerCounts) {
      const one = await measureTrain(program, count)
      process.stderr.write(`  ${count} consumers: ${showMs(one.runMs)}, floor ${showMs(one.floor.runMs)}\n`)
      measured.push(one)
    }
    const tables = [
      shortMakespans(measured),
      usualMakespans(measured, await criticalMsOf(lengths.usual)),
      plans(measured, await oneSlowRepositoryMs()),
      await countForgeCalls(),
    ]
    for (const table of tables) process.stdout.write(toForm(table, form))
    if (isForReadme) {
      const text = tables.map((table) => toForm(table, 'markdown')).join('')
      writeReadmeTable('train', `${describeMachine()}\n${text}`)
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function shortMakespans(measured: readonly Measured[]): Table {
  // The producer and one consumer: every longer train has the same longest chain.
  const criticalMs = measured.find(({ count }) => count === 1)?.floor.runMs ?? Number.NaN
  const sleptMs = 2 * lengths.short * 1000
  return {
    title: `Makespan of \`conduct run\` where commands take ${lengths.short} s`,
    columns: [
      'consumers',
      'makespan',
      'critical path',
      'over it',
      'ratio',
      'floor',
      'floor over critical path',
      'over the floor',
      `${ratioWanted}× from commands of`,
    ],
    rows: measured.map(({ count, runMs, floor }) => [
      String(count),
      showMs(runMs),
      showMs(criticalMs),
      showMs(runMs - criticalMs),
      showRatio(runMs / criticalMs),
      showMs(floor.runMs),
      showRatio(floor.runMs / criticalMs),
      showRatio(runMs / floor.runMs),
      showSeconds(sleptMs + (runMs - criticalMs) / (ratioWanted - 1) - criticalMs),
    ]),
    note:
      `a check of ${lengths.short} s, then a deploy of ${lengths.short} s in every consumer at once; ` +
      'critical path: the bare commands of producer and one consumer; floor: all the same processes in a plain loop',
  }
}

function usualMakespans(measured: readonly Measured[], criticalMs: number): Table {
  return {
    title: `Makespan of \`conduct run\` where commands take ${lengths.usual} s`,
    columns: ['consumers', 'makespan', 'critical path', 'over it', 'ratio', 'at most'],
    rows: measured.map(({ count, usualRunMs }) => [
      String(count),
      showMs(usualRunMs),
      showMs(criticalMs),
      showMs(usualRunMs - criticalMs),
      showRatio(usualRunMs / criticalMs),
      showRatio(ratioWanted),
    ]),
    note: 'the same train',
  }
}

/** The producer and one consumer, bare and alone. */
async function criticalMsOf(seconds: number): Promise<number> {
  const commands = commandsOf(seconds)
  await using estate = await createPlainEstate({ consumers: 1, ...commands })
  const { dir, remotes } = estate
  return (await runBareTrain({ dir, remotes, ...commands })).runMs
}

function plans(measured: readonly Measured[], singleMs: number): Table {
  return {
    title: 'Survey and preflight (`conduct plan`), mirrors warm',
    columns: [
      'repositories',
      'local remotes',
      'floor',
      'over the floor',
      `remotes that wait ${answerSeconds} s`,
      'one of them, bare',
      'against it',
    ],
    rows: measured.map(({ count, planMs, slowPlanMs, floor }) => [
      String(count + 1),
      showMs(planMs),
      showMs(floor.planMs),
      showRatio(planMs / floor.planMs),
      showMs(slowPlanMs),
      showMs(singleMs),
      showRatio(slowPlanMs / singleMs),
    ]),
    note: 'each remote is asked twice, one after the other: what there is, and whether it still is',
  }
}

async function measureTrain(program: string, count: number): Promise<Measured> {
  const commands = commandsOf(lengths.short)
  await using estate = await createPlainEstate({ consumers: count, ...commands })
  const planMs = await warmPlanMs(program, estate)
  const floor = await runBareTrain({ dir: estate.dir, remotes: estate.remotes, ...commands })
  const runMs = await typeConduct({ program, ...estate }, ['run', 'engine'])
  await using slow = await slowly(answerSeconds)
  await using far = await createPlainEstate({ consumers: count, ...commands, addressOf: slow.addressOf })
  const slowPlanMs = await warmPlanMs(program, far)
  await using usual = await createPlainEstate({ consumers: count, ...commandsOf(lengths.usual) })
  await warmPlanMs(program, usual)
  const usualRunMs = await typeConduct({ program, ...usual }, ['run', 'engine'])
  return { count, planMs, runMs, floor, slowPlanMs, usualRunMs }
}

async function warmPlanMs(program: string, estate: PlainEstate): Promise<number> {
  const plan = () => typeConduct({ program, ...estate }, ['plan', 'engine'])
  await plan()
  return plan()
}

/** What the slowest single repository takes by itself: the same questions, bare. */
async function oneSlowRepositoryMs(): Promise<number> {
  await using slow = await slowly(answerSeconds)
  await using estate = await createPlainEstate({
    consumers: 1,
    ...commandsOf(lengths.short),
    addressOf: slow.addressOf,
  })
  const { dir, remotes } = estate
  const bare = await runBareTrain({ dir, remotes: remotes.slice(0, 1), check: 'sleep 0', deploy: 'sleep 0' })
  return bare.planMs
}

function showSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
