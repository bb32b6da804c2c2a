import { ConductError, isConductError } from '@conduct/core'
import type { ConductorOptions, EstateStatus, RunSummary } from '../api.ts'
import type { FrozenConsumer, FrozenRepo, PlannedArtifact, TrainContext } from '../context.ts'
import { findGoverningCommit } from '../governing-config.ts'
import { reposAtOnceMax } from '../limits.ts'
import { assembleContext, createMirrors } from '../open-train.ts'
import { createPool, type Pool } from '../pool.ts'
import { freezeConsumer, readConsumer } from '../survey/freeze-consumer.ts'
import { freezeRepo } from '../survey/freeze-repo.ts'
import { planArtifacts } from '../survey/plan-artifacts.ts'
import { statusAtForge } from './status-at-forge.ts'

type TrainStatus = EstateStatus['trains'][number]
type PackageStatus = TrainStatus['packages'][number]
type ConsumerStatus = TrainStatus['consumers'][number]

/**
 * Every consumer × what is published, locked, deployed; who is behind; lanes; runs. Changes nothing. What cannot be
 * read is `unknown` with its reason, and the rest is shown.
 *
 * Forges are asked once, for what is shown of them: how a consumer would adopt is no part of it.
 */
export async function estateStatus(
  conductor: ConductorOptions,
  listRuns: () => Promise<readonly RunSummary[]>,
): Promise<EstateStatus> {
  const openMirrorOf = createMirrors(conductor)
  const pool = createPool(reposAtOnceMax)
  const { askForge: _unasked, ...withoutForge } = conductor
  const [configCommit, trains, lanes, runs, forge] = await Promise.all([
    orNull(() => findGoverningCommit(conductor, openMirrorOf)),
    Promise.all(
      [...conductor.config.trains].map(([trainName, train]) =>
        statusOfTrain(
          assembleContext(withoutForge, { trainName, train, configCommit: null, openMirrorOf }),
          pool,
        ),
      ),
    ),
    Promise.all(conductor.lanes.names().map((name) => statusOfLane(conductor, name))),
    listRuns(),
    statusAtForge(conductor, openMirrorOf),
  ])
  return { estate: conductor.config.estate, configCommit, trains, lanes, runs, forge }
}

async function statusOfTrain(context: TrainContext, pool: Pool): Promise<TrainStatus> {
  const { train } = context
  const producer = pool(() => attempt(() => freezeRepo(context, { name: train.producer.repo })))
  const reading = train.consumers.map((consumer) =>
    pool(() =>
      attempt(async () =>
        freezeConsumer(context, await freezeRepo(context, { name: consumer.repo }), { consumer }),
      ),
    ),
  )
  const { artifacts, packages, unknown } = await readPackages(context, await producer)
  const consumers = await Promise.all(
    train.consumers.map(async ({ repo }, index) => {
      const frozen = await reading[index]
      if (frozen === undefined || 'unknown' in frozen) {
        return { ...unreadConsumer, repo, unknown: frozen?.unknown ?? null }
      }
      const { value } = frozen
      const read = await attempt(() => readConsumer(context, value, artifacts))
      return 'unknown' in read
        ? { ...unreadConsumer, repo, unknown: read.unknown }
        : statusOfConsumer(read.value, packages)
    }),
  )
  return { train: context.trainName, producer: train.producer.repo, unknown, packages, consumers }
}

const unreadConsumer = { head: null, locked: [], deployed: null, isBehind: null } as const

async function readPackages(
  context: TrainContext,
  producer: Attempt<Omit<FrozenRepo, 'role'>>,
): Promise<{
  readonly artifacts: readonly PlannedArtifact[]
  readonly packages: readonly PackageStatus[]
  readonly unknown: string | null
}> {
  if ('unknown' in producer) return { artifacts: [], packages: [], unknown: producer.unknown }
  const planned = await attempt(() => planArtifacts(context, producer.value, {}))
  if ('unknown' in planned) return { artifacts: [], packages: [], unknown: planned.unknown }
  const packages = await Promise.all(
    planned.value.map(async ({ name, version, registry, publisher }): Promise<PackageStatus> => {
      const observed = await publisher.observe({ package: name, version, registry, signal: context.signal })
      return {
        name,
        inManifest: version,
        published:
          observed.state === 'present' ? version : observed.state === 'absent' ? observed.latest : null,
        unknown: observed.state === 'unknown' ? observed.reason : null,
      }
    }),
  )
  return { artifacts: planned.value, packages, unknown: null }
}

function statusOfConsumer(frozen: FrozenConsumer, packages: readonly PackageStatus[]): ConsumerStatus {
  const named = frozen.locked.filter(({ manifests }) => manifests.length > 0)
  const locked = named.map((one) => ({ package: one.package, version: one.locked[0]?.version ?? null }))
  return {
    repo: frozen.name,
    head: frozen.commit,
    locked,
    deployed: frozen.previous,
    isBehind: frozen.via === 'none' ? false : judgeBehind(locked, packages),
    unknown: frozen.previousUnknown,
  }
}

/** Null: nothing can be said, because a package's published version is not known or none is named. */
function judgeBehind(locked: ConsumerStatus['locked'], packages: readonly PackageStatus[]): boolean | null {
  if (locked.length === 0) return null
  const judged = locked.map((one) => {
    const published = packages.find(({ name }) => name === one.package)?.published ?? null
    return published === null ? null : one.version !== published
  })
  if (judged.includes(true)) return true
  return judged.includes(null) ? null : false
}

async function statusOfLane(
  { lanes }: Pick<ConductorOptions, 'lanes'>,
  name: string,
): Promise<EstateStatus['lanes'][number]> {
  const view = await lanes.lane(name).inspect()
  const line = view.waiting.filter(({ state }) => state !== 'offered')
  return { lane: name, holders: view.holders.map(({ holder }) => holder), waiting: line.length }
}

type Attempt<Value> = { readonly value: Value } | { readonly unknown: string }

async function attempt<Value>(read: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await read() }
  } catch (error) {
    if (!(error instanceof ConductError)) throw error
    return { unknown: `${error.code}: ${error.message}` }
  }
}

/** Status is for looking: a lanes.yaml that does not govern, or cannot be compared, is shown as such. */
async function orNull<Value>(read: () => Promise<Value>): Promise<Value | null> {
  try {
    return await read()
  } catch (error) {
    if (isConductError(error, 'CONFIG_NOT_MAIN') || isConductError(error, 'REMOTE_UNREACHABLE')) return null
    throw error
  }
}
