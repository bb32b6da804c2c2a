/**
 * Makespan of `conduct run` as it is typed against its critical path: the longest chain of its own external commands
 * (git, npm, pnpm, the declared commands), on a rehearsal estate whose checks have a fixed length.
 *
 * The chain: in each phase that the whole train makes at once, the repository whose commands took longest (in check,
 * the producer and then the slowest consumer); then the slowest consumer from adopt to verify. Waiting for a place
 * in a pool is no command and counts against us; so does everything that is not a command.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import path from 'node:path'

import type { ConductEvent } from '@conduct/core'
import { mirrorName } from '@conduct/git'
import { buildEstate, type Estate } from '@conduct/rehearsal'

import { bundledCli } from './bundled-cli.ts'
import { busyMs, type LoggedCommand, readCommandLog, readCommandsCpuMs, writeShims } from './command-log.ts'
import { describeMachine } from './machine.ts'
import type { MeasureOptions } from './measure-options.ts'
import { showMs, showRatio, type Table, toForm } from './table.ts'
import { typeConduct } from './typed-conduct.ts'
import { writeReadmeTable } from '../readme-tables.ts'

const consumerCounts = [1, 5, 20]
const checkSeconds = 3

interface Measured {
  readonly count: number
  readonly makespanMs: number
  readonly criticalMs: number
  /** Of all commands. */
  readonly cpuMs: number
}

export async function measure({ form, isForReadme }: MeasureOptions): Promise<void> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  try {
    const program = await bundledCli(dir)
    const measured: Measured[] = []
    for (const count of consumerCounts) {
      const one = await measureTrain(program, count)
      process.stderr.write(`  ${count} consumers: ${showMs(one.makespanMs)}\n`)
      measured.push(one)
    }
    const table = makespans(measured)
    process.stdout.write(toForm(table, form))
    if (isForReadme) writeReadmeTable('rehearsed-train', `${describeMachine()}\n${toForm(table, 'markdown')}`)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

function makespans(measured: readonly Measured[]): Table {
  return {
    title: 'Makespan of `conduct run` over npm and pnpm',
    columns: [
      'consumers',
      'makespan',
      'critical path',
      'over it',
      'ratio',
      'CPU of the commands',
      `on ${cpus().length} cores`,
    ],
    rows: measured.map(({ count, makespanMs, criticalMs, cpuMs }) => [
      String(count),
      showMs(makespanMs),
      showMs(criticalMs),
      showMs(makespanMs - criticalMs),
      showRatio(makespanMs / criticalMs),
      showMs(cpuMs),
      showMs(cpuMs / cpus().length),
    ]),
    note:
      `checks of ${checkSeconds} s each, an empty cache; critical path: the longest chain of commands as they ran, ` +
      'each beside all others on the same cores; CPU: what the cores have to give to the commands, whoever runs them',
  }
}

async function measureTrain(program: string, count: number): Promise<Measured> {
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
    return { count, makespanMs, criticalMs, cpuMs: await readCommandsCpuMs(log) }
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
