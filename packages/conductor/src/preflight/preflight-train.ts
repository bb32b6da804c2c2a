import { suggestion } from '@conduct/config'
import type { PreflightRow } from '@conduct/core'
import { rowsAtOnceMax, rowTimeoutMs } from '../limits.ts'
import { createPool, type Pool } from '../pool.ts'
import type { FrozenConsumer, PreflightMatrix, PreflightOptions, Survey, TrainContext } from '../context.ts'
import { type Evidence, gatherEvidence } from './evidence.ts'
import { type JudgedRepo, judgeRow } from './judge-row.ts'
import { applyOverrides, requireKnownOverrides } from './overrides.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'

/**
 * Every guard over every repo, in parallel; changes nothing and never stops at the first red.
 *
 * @throws ConductError OVERRIDE_UNKNOWN (2)
 */
export async function preflightTrain(
  context: TrainContext,
  survey: Survey,
  options: PreflightOptions,
): Promise<PreflightMatrix> {
  requireKnownOverrides(options.overrides, [
    ...new Set([survey.producer, ...survey.consumers].map(({ name }) => name)),
  ])
  warnOfStrangeNames(context)
  const judged: JudgedRepo[] = [
    { role: 'producer', frozen: survey.producer },
    ...survey.consumers.map((frozen) => ({ role: 'consumer', frozen }) as const),
  ]
  await using evidence = gatherEvidence(context, survey)
  const matrix = { context, survey, options, evidence, pool: createPool(rowsAtOnceMax) }
  const perRepo = await Promise.all(judged.map((one) => judgeRepo(one, matrix)))
  const merged = new Map<string, readonly PreflightRow[]>()
  judged.forEach(({ frozen }, index) => {
    merged.set(frozen.name, graver(merged.get(frozen.name) ?? [], perRepo[index] ?? []))
  })
  return merged
}

/** A misspelt name in `accept_unknown` accepts nothing, and should not do so silently. */
function warnOfStrangeNames({ train, emit }: Pick<TrainContext, 'train' | 'emit'>): void {
  const checks = rows.map(({ check }) => check)
  for (const name of train.acceptUnknown.filter((one) => !checks.includes(one))) {
    const hint = suggestion(name, checks, 'Checks')
    emit({
      type: 'warning',
      code: 'ACCEPT_UNKNOWN',
      message: `accept_unknown: no check is called ${name}; ${hint}`,
    })
  }
}

const gravity = [
  'not_applicable',
  'green',
  'unknown',
  'red',
] as const satisfies readonly PreflightRow['verdict'][]

/** One row per check: of a repo that is producer and consumer, the graver verdict counts. */
function graver(present: readonly PreflightRow[], added: readonly PreflightRow[]): readonly PreflightRow[] {
  const rank = (row: PreflightRow | undefined) => (row === undefined ? -1 : gravity.indexOf(row.verdict))
  const kept = present.map((row) => {
    const other = added.find(({ check }) => check === row.check)
    return other !== undefined && rank(other) > rank(row) ? other : row
  })
  return [...kept, ...added.filter((row) => !present.some(({ check }) => check === row.check))]
}

/** The guards of one consumer, which may have been frozen anew (`resurveyConsumer`). */
export async function preflightConsumer(
  context: TrainContext,
  survey: Survey,
  consumer: FrozenConsumer,
  options: PreflightOptions,
): Promise<readonly PreflightRow[]> {
  const current = {
    ...survey,
    consumers: survey.consumers.map((known) => (known.name === consumer.name ? consumer : known)),
  }
  await using evidence = gatherEvidence(context, current)
  const matrix = { context, survey: current, options, evidence, pool: createPool(rowsAtOnceMax) }
  return await judgeRepo({ role: 'consumer', frozen: consumer }, matrix)
}

/** Who asks a package manager waits longest, and so begins before those who ask git. */
const askManagers: readonly string[] = ['registry_identity', 'manager']
const slowestFirst = rows.toSorted(
  (one, other) => Number(askManagers.includes(other.check)) - Number(askManagers.includes(one.check)),
)

async function judgeRepo(
  judged: JudgedRepo,
  matrix: {
    readonly context: TrainContext
    readonly survey: Survey
    readonly options: PreflightOptions
    readonly evidence: Evidence
    readonly pool: Pool
  },
): Promise<readonly PreflightRow[]> {
  const { context, survey, options, evidence, pool } = matrix
  const publishedByThisRun = options.publishedByThisRun ?? new Set<string>()
  const input = { context, survey, evidence, publishedByThisRun }
  const repo = judged.frozen.name
  const verdicts = new Map<Row, readonly PreflightRow[]>()
  await Promise.all(
    slowestFirst.map((row) =>
      pool(async () => {
        const verdict = await judgeRow(row, judged, { input, timeoutMs: rowTimeoutMs })
        if (verdict === null) return
        const marked = applyOverrides([verdict], options.overrides, repo)
        for (const shown of marked) context.emit({ type: 'preflight_row', run: null, repo, row: shown })
        verdicts.set(row, marked)
      }),
    ),
  )
  return rows.flatMap((row) => verdicts.get(row) ?? [])
}
