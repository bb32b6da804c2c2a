import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { parseLanesYaml } from '@conduct/config'
import { type Conductor, createConductor } from '@conduct/conductor'
import type { ConductEventBody } from '@conduct/core'
import { openLanes, openStore, type Store, systemClock } from '@conduct/lanes/engine'
import { toLaneDefinition } from '../../packages/cli/src/estate/lane-definition.ts'

const run = promisify(execFile)

/** A train without a library, whose declared commands are given: nothing of a package manager is in it. */
export interface PlainTrain extends AsyncDisposable {
  readonly dir: string
  readonly conductor: Conductor
}

export interface PlainTrainOptions {
  readonly consumers: number
  /** The producer's check. */
  readonly check: string
  /** What deploys each consumer. */
  readonly deploy: string
  readonly emit?: (event: ConductEventBody) => void
  /** Seen instead of the store that was opened. */
  readonly over?: (store: Store) => Store
}

export async function openPlainTrain(options: PlainTrainOptions): Promise<PlainTrain> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const consumers = Array.from({ length: options.consumers }, (_, index) => `app${index + 1}`)
  for (const repo of ['engine', ...consumers]) await createRemote(dir, repo)
  const file = path.join(dir, 'lanes.yaml')
  const text = lanesYaml(dir, consumers, options)
  await writeFile(file, text)
  const { config, findings } = parseLanesYaml({ file, text })
  if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
  const opened = await openStore(`sqlite:${path.join(dir, 'state.db')}`, { estate: config.estate })
  const store = options.over?.(opened) ?? opened
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
    emit: options.emit ?? (() => undefined),
    cacheDir: path.join(dir, 'cache'),
    stateDir: path.join(dir, 'state'),
    launcher: 'conduct',
    signal: new AbortController().signal,
  })
  return {
    dir,
    conductor,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
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

function lanesYaml(
  dir: string,
  consumers: readonly string[],
  { check, deploy }: Pick<PlainTrainOptions, 'check' | 'deploy'>,
): string {
  const repo = (name: string) =>
    `  ${name}: { remote: ${JSON.stringify(`file://${path.join(dir, 'remotes', `${name}.git`)}`)}, main: main, forge: none, checks: [${check}] }`
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
        `      - { repo: ${name}, adopt: { via: none }, deploy: { strategy: command, run: ${deploy} } }`,
    ),
    '',
  ].join('\n')
}
