/**
 * What the conductor itself costs: a train whose declared commands only sleep, so that no package manager and no
 * second core is measured. The critical path is the longest chain of those commands; git, the store, worktrees,
 * processes and waiting for a place all count against us.
 *
 * And survey with preflight, for many repositories against one.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { parseLanesYaml } from '@conduct/config'
import { type Conductor, createConductor } from '@conduct/conductor'
import { openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { toLaneDefinition } from '../../packages/cli/src/estate/lane-definition.ts'
import type { MeasureOptions } from './measure-options.ts'
import { elapsedMs } from './samples.ts'
import { showMs, showRatio, toForm } from './table.ts'

const run = promisify(execFile)
const consumerCounts = [1, 5, 20, 50]
const checkSeconds = 4
const deploySeconds = 4
/** The producer's checks, then the deploys side by side: without a library there is nothing to try in a consumer. */
const criticalMs = (checkSeconds + deploySeconds) * 1000

export async function measure({ form }: MeasureOptions): Promise<void> {
  const trains: string[][] = []
  const plans: { readonly count: number; readonly ms: number }[] = []
  for (const count of consumerCounts) {
    await using world = await openWorld(count)
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

interface World extends AsyncDisposable {
  readonly conductor: Conductor
}

async function openWorld(count: number): Promise<World> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const consumers = Array.from({ length: count }, (_, index) => `app${index + 1}`)
  for (const repo of ['engine', ...consumers]) await createRemote(dir, repo)
  const file = path.join(dir, 'lanes.yaml')
  const text = lanesYaml(dir, consumers)
  await writeFile(file, text)
  const { config, findings } = parseLanesYaml({ file, text })
  if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
  const store = await openStore(`sqlite:${path.join(dir, 'state.db')}`, { estate: config.estate })
  const identity = { holder: 'cli:ana@bench', person: 'ana' }
  const lanes = openLanes({
    store,
    estate: config.estate,
    definitions: new Map([...config.lanes].map(([name, lane]) => [name, toLaneDefinition(lane)])),
    identity,
    clock: systemClock,
  })
  const conductor = createConductor({
    config,
    configPath: file,
    configText: text,
    store,
    lanes,
    identity,
    clock: systemClock,
    emit: () => undefined,
    cacheDir: path.join(dir, 'cache'),
    stateDir: path.join(dir, 'state'),
    launcher: 'conduct',
    signal: new AbortController().signal,
  })
  return {
    conductor,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function createRemote(dir: string, repo: string): Promise<void> {
  const bare = path.join(dir, 'remotes', `${repo}.git`)
  await mkdir(path.dirname(bare), { recursive: true })
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  const importing = run('git', ['-C', bare, 'fast-import', '--quiet'])
  const who = 'Ana <ana@acme.example> 1700000000 +0000'
  importing.child.stdin?.end(
    `commit refs/heads/main\ncommitter ${who}\ndata 5\nbegin\nM 100644 inline README.md\ndata 4\nhi!\n\ndone\n`,
  )
  await importing
}

function lanesYaml(dir: string, consumers: readonly string[]): string {
  const repo = (name: string) =>
    `  ${name}: { remote: ${JSON.stringify(`file://${path.join(dir, 'remotes', `${name}.git`)}`)}, main: main, forge: none, checks: [sleep ${checkSeconds}] }`
  return [
    'version: 1',
    'estate: bench',
    'people: { ana: {} }',
    'repos:',
    ...['engine', ...consumers].map(repo),
    'lanes:',
    '  release_train:',
    '    use: release_train',
    '    captains: [ana]',
    '    approval: none',
    '    justification: { irreversible: true, signed_off_by: ana }',
    'trains:',
    '  engine:',
    '    producer: { repo: engine, publish: [] }',
    '    consumers:',
    ...consumers.map(
      (name) =>
        `      - { repo: ${name}, adopt: { via: none }, deploy: { strategy: command, run: sleep ${deploySeconds} } }`,
    ),
    '',
  ].join('\n')
}
