/**
 * Makespan of a whole run against its critical path: the longest chain of its own external commands (git, npm,
 * pnpm, the declared commands), on a rehearsal estate with 1, 5 and 20 consumers whose checks have a fixed length.
 *
 * The chain: in each phase that the whole train makes at once, the repository whose commands took longest (in check,
 * the producer and then the slowest consumer); then the slowest consumer from adopt to verify. Waiting for a place
 * in a pool is no command and counts against us; so does everything that is not a command.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { parseLanesYaml } from '@conduct/config'
import { createConductor } from '@conduct/conductor'
import type { ConductEvent } from '@conduct/core'
import { mirrorName } from '@conduct/git'
import { openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { buildEstate, type Estate } from '@conduct/rehearsal'

import { toLaneDefinition } from '../../packages/cli/src/estate/lane-definition.ts'
import { busyMs, type LoggedCommand, readCommandLog, writeShims } from './command-log.ts'

const consumerCounts = [1, 5, 20]
const checkSeconds = 3

export async function measure(): Promise<void> {
  for (const count of consumerCounts) {
    const { makespanMs, criticalMs } = await measureTrain(count)
    process.stdout.write(
      `  ${String(count).padStart(2)} consumers: ${(makespanMs / criticalMs).toFixed(3)}×  ` +
        `(makespan ${(makespanMs / 1000).toFixed(2)} s, critical path ${(criticalMs / 1000).toFixed(2)} s)\n`,
    )
  }
}

async function measureTrain(count: number): Promise<{ makespanMs: number; criticalMs: number }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const consumers = Array.from({ length: count }, (_, index) => ({
    name: `app${index + 1}`,
    manager: index % 2 === 0 ? ('npm' as const) : ('pnpm' as const),
  }))
  const estate = await buildEstate({ dir: path.join(dir, 'estate'), size: 'small', consumers })
  const originalPath = process.env['PATH'] ?? ''
  try {
    const log = path.join(dir, 'commands.log')
    process.env['PATH'] = await writeShims(dir, log)
    const { events, startMs, endMs } = await travel(estate, dir)
    const commands = await readCommandLog(log)
    return { makespanMs: endMs - startMs, criticalMs: criticalPathMs(estate, commands, events) }
  } finally {
    process.env['PATH'] = originalPath
    await estate.stop()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface TimedEvent {
  readonly event: Omit<ConductEvent, 'at'>
  readonly atMs: number
}

async function travel(
  estate: Estate,
  dir: string,
): Promise<{ readonly events: readonly TimedEvent[]; readonly startMs: number; readonly endMs: number }> {
  const file = estate.lanesYamlPath
  const fixed = (await readFile(file, 'utf8'))
    .replace(/^ {4}setup: .*$/gm, '    setup: []')
    .replace(/^ {4}checks: .*$/gm, `    checks: [pause ${checkSeconds}]`)
  await writeFile(file, fixed)
  const { config } = parseLanesYaml({ file, text: fixed })
  if (config === null) throw new Error('the lanes.yaml of the rehearsal is not valid')
  await using store = await openStore(config.store, { estate: config.estate })
  const identity = { holder: 'cli:ana@bench', person: 'ana' }
  const lanes = openLanes({
    store,
    estate: config.estate,
    definitions: new Map([...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)])),
    identity,
    clock: systemClock,
  })
  const events: TimedEvent[] = []
  const conductor = createConductor({
    config,
    configPath: file,
    configText: fixed,
    store,
    lanes,
    identity,
    clock: systemClock,
    emit: (event) => void events.push({ event, atMs: Date.now() }),
    cacheDir: path.join(dir, 'cache'),
    stateDir: path.join(dir, 'state'),
    launcher: 'conduct',
    signal: new AbortController().signal,
  })
  const startMs = Date.now()
  const { exit, record } = await conductor.runTrain({ train: 'engine', approve: true, waitMsMax: 0 })
  const endMs = Date.now()
  if (exit !== 0) throw new Error(`the train ended with ${exit}: ${JSON.stringify(record.stop)}`)
  return { events, startMs, endMs }
}

function criticalPathMs(
  estate: Estate,
  commands: readonly LoggedCommand[],
  events: readonly TimedEvent[],
): number {
  const byRepo = new Map(
    Object.entries(estate.remotes).map(([repo, remote]) => [
      repo,
      commands.filter(({ mirror }) => mirror === mirrorName(remote)),
    ]),
  )
  const busyIn = (repo: string, window: { readonly startMs: number; readonly endMs: number }): number =>
    busyMs(byRepo.get(repo) ?? [], window)
  const consumers = estate.consumers.map(({ name }) => name)
  const slowest = (
    repos: readonly string[],
    window: { readonly startMs: number; readonly endMs: number },
  ): number => Math.max(0, ...repos.map((repo) => busyIn(repo, window)))

  const check = windowOf(events, ['check'])
  const phases = (['survey', 'preflight', 'publish', 'await'] as const).map((phase) =>
    slowest([estate.producer, ...consumers], windowOf(events, [phase])),
  )
  const journey = windowOf(events, ['adopt', 'configure', 'deploy', 'verify'])
  return (
    phases.reduce((sum, ms) => sum + ms, 0) +
    busyIn(estate.producer, check) +
    slowest(consumers, check) +
    slowest(consumers, journey)
  )
}

function windowOf(
  events: readonly TimedEvent[],
  phases: readonly string[],
): { readonly startMs: number; readonly endMs: number } {
  const times = events
    .filter(
      ({ event }) => 'phase' in event && typeof event.phase === 'string' && phases.includes(event.phase),
    )
    .map(({ atMs }) => atMs)
  return { startMs: Math.min(...times), endMs: Math.max(...times) }
}
