import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
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
export interface PlainEstate extends AsyncDisposable {
  readonly dir: string
  /** Addresses; the producer first. */
  readonly remotes: readonly string[]
  readonly lanesYaml: string
}

export interface PlainTrain extends PlainEstate {
  readonly conductor: Conductor
}

export interface PlainEstateOptions {
  readonly consumers: number
  /** The producer's check. */
  readonly check: string
  /** What deploys each consumer. */
  readonly deploy: string
  /** How a bare repository on this machine is reached; absent: as a file. */
  readonly addressOf?: (repository: string) => string
}

export interface PlainTrainOptions extends PlainEstateOptions {
  readonly emit?: (event: ConductEventBody) => void
  /** Seen instead of the store that was opened. */
  readonly over?: (store: Store) => Store
}

export async function createPlainEstate(options: PlainEstateOptions): Promise<PlainEstate> {
  const dir = await mkdtemp(path.join(tmpdir(), 'conduct-bench-'))
  const consumers = Array.from({ length: options.consumers }, (_, index) => `app${index + 1}`)
  const { addressOf = (repository) => `file://${repository}` } = options
  const remotes = new Map<string, string>()
  for (const repo of ['engine', ...consumers]) remotes.set(repo, addressOf(await createRemote(dir, repo)))
  const file = path.join(dir, 'lanes.yaml')
  await writeFile(file, lanesYamlOf(remotes, options))
  return {
    dir,
    remotes: [...remotes.values()],
    lanesYaml: file,
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export async function openPlainTrain(options: PlainTrainOptions): Promise<PlainTrain> {
  const estate = await createPlainEstate(options)
  const { dir, lanesYaml: file } = estate
  const text = await readFile(file, 'utf8')
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
    ...estate,
    conductor,
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]()
      await estate[Symbol.asyncDispose]()
    },
  }
}

async function createRemote(dir: string, repo: string): Promise<string> {
  const bare = path.join(dir, 'remotes', `${repo}.git`)
  await mkdir(path.dirname(bare), { recursive: true })
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', bare])
  const importing = run('git', ['-C', bare, 'fast-import', '--quiet'])
  const who = 'Ana <ana@acme.example> 1700000000 +0000'
  importing.child.stdin?.end(
    `commit refs/heads/main\ncommitter ${who}\ndata 5\nbegin\nM 100644 inline README.md\ndata 4\nhi!\n\ndone\n`,
  )
  await importing
  return bare
}

function lanesYamlOf(
  remotes: ReadonlyMap<string, string>,
  { check, deploy }: Pick<PlainEstateOptions, 'check' | 'deploy'>,
): string {
  const consumers = [...remotes.keys()].slice(1)
  const repos = [...remotes].map(
    ([name, remote]) =>
      `  ${name}: { remote: ${JSON.stringify(remote)}, main: main, forge: none, checks: [${check}] }`,
  )
  return [
    'version: 1',
    'estate: bench',
    'people: { ana: {} }',
    'repos:',
    ...repos,
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
