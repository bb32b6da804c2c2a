/**
 * Makespan of a whole run against its critical path: the longest chain of its own external commands (git, npm,
 * pnpm, the declared commands), of `conduct run` as it is typed, on a rehearsal estate with 1, 5 and 20 consumers whose checks have a fixed length.
 *
 * The chain: in each phase that the whole train makes at once, the repository whose commands took longest (in check,
 * the producer and then the slowest consumer); then the slowest consumer from adopt to verify. Waiting for a place
 * in a pool is no command and counts against us; so does everything that is not a command.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import type { ConductEvent } from '@conduct/core'
import { mirrorName } from '@conduct/git'
import { buildEstate, type Estate } from '@conduct/rehearsal'

import { bundledCli } from './bundled-cli.ts'
import { busyMs, type LoggedCommand, readCommandLog, writeShims } from './command-log.ts'
import { typeConduct } from './typed-conduct.ts'

const consumerCounts = [1, 5, 20]
const checkSeconds = 3

export async function measure(): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  try {
    const program = await bundledCli(dir)
    for (const count of consumerCounts) {
      const { makespanMs, criticalMs } = await measureTrain(program, count)
      process.stdout.write(
        `  ${String(count).padStart(2)} consumers: ${(makespanMs / criticalMs).toFixed(3)}×  ` +
          `(makespan ${(makespanMs / 1000).toFixed(2)} s, critical path ${(criticalMs / 1000).toFixed(2)} s)\n`,
      )
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function measureTrain(
  program: string,
  count: number,
): Promise<{ makespanMs: number; criticalMs: number }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const consumers = Array.from({ length: count }, (_, index) => ({
    name: `app${index + 1}`,
    manager: index % 2 === 0 ? ('npm' as const) : ('pnpm' as const),
  }))
  const estate = await buildEstate({ dir: path.join(dir, 'estate'), size: 'small', consumers })
  try {
    const log = path.join(dir, 'commands.log')
    const events = path.join(dir, 'events.jsonl')
    const lanesYaml = estate.lanesYamlPath
    await fixDurations(lanesYaml)
    const env = { PATH: await writeShims(dir, log) }
    const makespanMs = await typeConduct({ program, dir, lanesYaml, env }, [
      'run',
      'engine',
      '--approve',
      '--events',
      events,
    ])
    const criticalMs = criticalPathMs(estate, await readCommandLog(log), await readEvents(events))
    return { makespanMs, criticalMs }
  } finally {
    await estate.stop()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function fixDurations(file: string): Promise<void> {
  const fixed = (await readFile(file, 'utf8'))
    .replace(/^ {4}setup: .*$/gm, '    setup: []')
    .replace(/^ {4}checks: .*$/gm, `    checks: [pause ${checkSeconds}]`)
  await writeFile(file, fixed)
}

async function readEvents(file: string): Promise<readonly ConductEvent[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as ConductEvent)
}

function criticalPathMs(
  estate: Estate,
  commands: readonly LoggedCommand[],
  events: readonly ConductEvent[],
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
  events: readonly ConductEvent[],
  phases: readonly string[],
): { readonly startMs: number; readonly endMs: number } {
  const times = events
    .filter((event) => 'phase' in event && phases.includes(event.phase))
    .map(({ at }) => Date.parse(at))
  return { startMs: Math.min(...times), endMs: Math.max(...times) }
}
