import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { suggestion, type Train } from '@conduct/config'
import { type CommitId, ConductError, invariant } from '@conduct/core'
import { adopters, publishers } from '@conduct/ecosystems'
import { type AskForge, addressOf } from '@conduct/forge'
import { type Mirror, openMirror, pruneMirrors } from '@conduct/git'
import { runCommand } from '@conduct/subprocess'
import type { ConductorOptions } from './api.ts'
import { findGoverningCommit } from './governing-config.ts'
import { remoteTimeoutMs } from './limits.ts'
import type { TrainContext } from './context.ts'
import { watchForges } from './forge-usage.ts'
import { patientMirror } from './patient-mirror.ts'

/**
 * Finds the governing lanes.yaml and everything a train's phases share.
 *
 * @throws ConductError TRAIN_UNKNOWN (4), CONFIG_NOT_MAIN (3), REMOTE_UNREACHABLE (30)
 */
export async function openTrain(options: ConductorOptions, trainName: string): Promise<TrainContext> {
  const { config } = options
  const train = config.trains.get(trainName)
  if (train === undefined) {
    throw new ConductError('TRAIN_UNKNOWN', `lanes.yaml declares no train ${JSON.stringify(trainName)}`, {
      hint: capitalised(suggestion(trainName, [...config.trains.keys()], 'Declared trains')),
    })
  }
  await prune(options)
  const openMirrorOf = createMirrors(options)
  const configCommit = await findGoverningCommit(options, openMirrorOf)
  return assembleContext(options, { trainName, train, configCommit, openMirrorOf })
}

export interface ContextParts {
  readonly trainName: string
  readonly train: Train
  readonly configCommit: CommitId | null
  readonly openMirrorOf: (remote: string) => Promise<Mirror>
}

/** A context for a train by whatever lanes.yaml was given; only `openTrain` makes sure that it governs. */
export function assembleContext(options: ConductorOptions, parts: ContextParts): TrainContext {
  const { config } = options
  const watched = watchForges()
  return {
    config,
    configCommit: parts.configCommit,
    configHash: createHash('sha256').update(options.configText).digest('hex'),
    configPath: options.configPath,
    trainName: parts.trainName,
    train: parts.train,
    store: options.store,
    lanes: options.lanes,
    identity: options.identity,
    clock: options.clock,
    emit: options.emit,
    cacheDir: options.cacheDir,
    stateDir: options.stateDir,
    runCommand,
    mirror: (name) => {
      const repo = config.repos.get(name)
      invariant(repo !== undefined, `no repo ${name} is declared`)
      return parts.openMirrorOf(repo.remote)
    },
    forge: forgeOf(options, watched),
    forgeRequests: () => watched.requests(),
    publishers,
    adopters,
    signal: options.signal,
    launcher: options.launcher,
    ...(options.keyFile === undefined ? {} : { keyFile: options.keyFile }),
    ...(options.redact === undefined ? {} : { redact: options.redact }),
    ...(options.hit === undefined ? {} : { hit: options.hit }),
  }
}

function forgeOf(
  { config, askForge = askNobody }: ConductorOptions,
  watched: ReturnType<typeof watchForges>,
): TrainContext['forge'] {
  return async (name) => {
    const repo = config.repos.get(name)
    invariant(repo !== undefined, `no repo ${name} is declared`)
    const at = await askForge(repo)
    if (at !== null) watched.opened(name, at)
    return at
  }
}

/** A repo that has a forge is never taken for one that has none. */
const askNobody: AskForge = async (repo) => {
  if (addressOf(repo) === null) return null
  throw new ConductError('FORGE_CREDENTIALS', 'This command was started without a way to ask a forge')
}

/** One mirror per remote and command; opening one that failed is tried again when it is asked for again. */
export function createMirrors({
  cacheDir,
  signal,
  emit,
}: Pick<ConductorOptions, 'cacheDir' | 'signal' | 'emit'>): (remote: string) => Promise<Mirror> {
  const opened = new Map<string, Promise<Mirror>>()
  return async (remote) => {
    const mirror =
      opened.get(remote) ??
      openMirror({ cacheDir: mirrorsIn(cacheDir), remote, signal, timeoutMs: remoteTimeoutMs }).then((bare) =>
        patientMirror(bare, emit),
      )
    opened.set(remote, mirror)
    try {
      return await mirror
    } catch (error) {
      opened.delete(remote)
      throw error
    }
  }
}

/** Mirrors that nobody used for long, and what dead processes left. A cache that cannot be tidied stops nobody. */
async function prune({ cacheDir, clock, emit }: ConductorOptions): Promise<void> {
  try {
    await pruneMirrors({ cacheDir: mirrorsIn(cacheDir), nowMs: clock.wallMs() })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    emit({ type: 'warning', code: 'CACHE_NOT_PRUNED', message: `${cacheDir} could not be tidied: ${reason}` })
  }
}

function mirrorsIn(cacheDir: string): string {
  return join(cacheDir, 'mirrors')
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
