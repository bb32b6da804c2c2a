import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LaneConfig, parseLanesYaml } from '@conduct/config'
import { type Conductor, createConductor, type HitCrashPoint } from '@conduct/conductor'
import type { Clock, ConductEventBody } from '@conduct/core'
import { type AskForge, openForges } from '@conduct/forge'
import { type LaneDefinition, openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'

/** A conductor over an estate that is there: everything real, as the command line would make it. */
export interface OpenedConductor extends AsyncDisposable {
  readonly conductor: Conductor
  readonly store: Store
  readonly events: readonly ConductEventBody[]
  readonly interrupt: () => void
}

export interface OpenConductorOptions {
  /** Folder of the estate: holds lanes.yaml; cache and state go below it. */
  readonly dir: string
  readonly storeUrl: string
  readonly as?: string
  readonly hit?: HitCrashPoint
  readonly onEvent?: (event: ConductEventBody) => void
  /** Added to the environment that forges are asked with. */
  readonly env?: Readonly<Record<string, string>>
  /** Seen instead of the store that was opened. */
  readonly over?: (store: Store) => Store
  /** Another text than the file's. */
  readonly lanesYaml?: string
  /** Another forge than the environment's. */
  readonly askForge?: AskForge
  /** Another time than the host's for the conductor and the forge; leases keep the host's. */
  readonly clock?: Clock
}

export async function openConductor(options: OpenConductorOptions): Promise<OpenedConductor> {
  const { dir, as = 'ana', clock = systemClock } = options
  const configPath = join(dir, 'lanes.yaml')
  const configText = options.lanesYaml ?? (await readFile(configPath, 'utf8'))
  const { config, findings } = parseLanesYaml({ file: configPath, text: configText })
  if (config === null) throw new Error(findings.map((finding) => finding.message).join('\n'))
  const opened = await openStore(options.storeUrl, { estate: config.estate })
  const store = options.over?.(opened) ?? opened
  const events: ConductEventBody[] = []
  const emit = (event: ConductEventBody): void => {
    events.push(event)
    options.onEvent?.(event)
  }
  const identity = { holder: `cli:${as}@test`, person: config.people.has(as) ? as : null }
  const lanes = openLanes({
    store,
    estate: config.estate,
    definitions: new Map([...config.lanes].map(([name, lane]) => [name, toDefinition(lane)])),
    identity,
    clock: systemClock,
    emit,
  })
  const interruption = new AbortController()
  const conductor = createConductor({
    config,
    configPath,
    configText,
    store,
    lanes,
    identity,
    clock,
    emit,
    cacheDir: join(dir, 'conduct-cache'),
    stateDir: join(dir, 'conduct-state'),
    launcher: 'conduct',
    signal: interruption.signal,
    askForge:
      options.askForge ??
      openForges({
        env: { ...process.env, ...options.env },
        clock,
        signal: interruption.signal,
      }),
    ...(options.hit === undefined ? {} : { hit: options.hit }),
  })
  return {
    conductor,
    store,
    events,
    interrupt: () => interruption.abort(),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

function toDefinition(lane: LaneConfig): LaneDefinition {
  const { scope, limit, order, whenHeld, captains, holders, purpose } = lane
  return {
    scope,
    limit,
    order,
    whenHeld,
    captains,
    holders,
    purpose,
    ttlMs: lane.lease.ttlMs,
    renewMs: lane.lease.renewMs,
    marginMs: lane.lease.marginMs,
    waitingTtlMs: lane.waiting.ttlMs,
    waitingMax: lane.waiting.max,
    acceptMs: lane.waiting.acceptMs,
    takeoverDelayMs: lane.takeoverDelayMs,
  }
}
