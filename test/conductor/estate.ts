import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import type { ConductorOptions } from '@conduct/conductor'
import { openForges } from '@conduct/forge'
import { type LaneDefinition, openLanes, openStore, systemClock } from '@conduct/lanes/engine'
import { buildEstate, type BuildEstateOptions, copyEstate, type Estate } from '@conduct/rehearsal'
import { modelEstate } from '../model-estate.ts'

const run = promisify(execFile)

/** A rehearsal's estate with what a test does to it behind the conductor's back. */
export interface TestEstate extends AsyncDisposable {
  readonly estate: Estate
  git(cwd: string, ...args: string[]): Promise<string>
  /** Commits to a branch of a remote through a clone of its own; null removes a file. */
  push(
    repo: string,
    files: Readonly<Record<string, string | null>>,
    options?: { branch?: string; message?: string },
  ): Promise<string>
  /** The text of a file on a branch of a remote. */
  read(repo: string, path: string, branch?: string): Promise<string>
  /** Publishes a folder's files under the producer's credentials. */
  publish(files: Readonly<Record<string, string>>): Promise<void>
  conductor(more?: { lanesYaml?: (text: string) => string }): Promise<ConductorOptions>
  /** Everything a train could change: refs, checkouts, the registry. Equal texts: nothing changed. */
  snapshot(): Promise<string>
}

export async function testEstate(
  size: 'small' | 'full' = 'small',
  consumers?: BuildEstateOptions['consumers'],
): Promise<TestEstate> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'conductor-estate-')))
  const dir = join(folder, 'estate')
  const estate =
    size === 'small' && consumers === undefined
      ? await copyEstate({ from: await modelEstate('npmAndPnpm'), to: dir })
      : await buildEstate({ dir, size, ...(consumers === undefined ? {} : { consumers }) })
  const disposables: AsyncDisposable[] = []
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const identity = [
      '-c',
      'user.name=Ana',
      '-c',
      'user.email=ana@acme.example',
      '-c',
      'commit.gpgSign=false',
    ]
    return (await run('git', [...identity, ...args], { cwd, env })).stdout.trimEnd()
  }
  const remoteOf = (repo: string): string => {
    const remote = estate.remotes[repo]
    if (remote === undefined) throw new Error(`the estate has no repo ${repo}`)
    return remote
  }
  let counter = 0

  return {
    estate,
    git,
    async push(repo, files, { branch = 'main', message = 'change' } = {}) {
      const at = join(folder, `work-${(counter += 1)}`)
      await git(folder, 'clone', '--quiet', remoteOf(repo), at)
      const exists = (await git(at, 'ls-remote', 'origin', `refs/heads/${branch}`)) !== ''
      await git(at, 'checkout', '--quiet', '-B', branch, `origin/${exists ? branch : 'main'}`)
      for (const [path, text] of Object.entries(files)) {
        const file = join(at, path)
        if (text === null) await rm(file)
        else {
          await mkdir(dirname(file), { recursive: true })
          await writeFile(file, text)
        }
      }
      await git(at, 'add', '--all')
      await git(at, 'commit', '--quiet', '--allow-empty', '--message', message)
      await git(at, 'push', '--quiet', 'origin', `HEAD:${branch}`)
      return git(at, 'rev-parse', 'HEAD')
    },
    read: (repo, path, branch = 'main') =>
      git(remoteOf(repo).replace('file://', ''), 'show', `${branch}:${path}`),
    async publish(files) {
      const at = join(folder, `publish-${(counter += 1)}`)
      const npmrc = await git(remoteOf(estate.producer).replace('file://', ''), 'show', 'main:.npmrc')
      for (const [path, text] of Object.entries({ ...files, '.npmrc': npmrc })) {
        await mkdir(dirname(join(at, path)), { recursive: true })
        await writeFile(join(at, path), text)
      }
      await run('npm', ['publish', '--ignore-scripts'], { cwd: at, env })
    },
    async conductor({ lanesYaml = (text: string) => text } = {}) {
      const path = estate.lanesYamlPath
      const text = lanesYaml(await readFile(path, 'utf8'))
      await writeFile(path, text)
      const { config, findings } = parseLanesYaml({ file: path, text })
      if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
      const store = await openStore(`sqlite:${join(folder, `state-${(counter += 1)}.db`)}`)
      disposables.push(store)
      const identity = { holder: 'cli:ana@test', person: 'ana' }
      const clock = systemClock
      const { signal } = new AbortController()
      return {
        config,
        configPath: path,
        configText: text,
        store,
        lanes: openLanes({
          store,
          estate: config.estate,
          definitions: definitionsOf(config),
          identity,
          clock,
        }),
        identity,
        clock,
        emit: () => undefined,
        cacheDir: join(folder, 'cache'),
        stateDir: join(folder, 'state'),
        launcher: 'conduct',
        signal,
        askForge: openForges({ env: process.env, clock, signal }),
      }
    },
    async snapshot() {
      const parts: string[] = []
      for (const repo of Object.keys(estate.remotes)) {
        parts.push(`${repo}\n${await git(remoteOf(repo).replace('file://', ''), 'show-ref')}`)
        const checkout = estate.checkouts[repo] ?? ''
        parts.push(await git(checkout, 'show-ref', '--head'))
        parts.push(await git(checkout, 'status', '--porcelain', '--untracked-files=all', '--ignored'))
        parts.push(await git(checkout, 'stash', 'list'))
        parts.push(hash(await readFile(join(checkout, '.git', 'index'))))
      }
      for (const { name } of estate.packages) {
        const packument = await (await fetch(`${estate.registryUrl}${name.replace('/', '%2f')}`)).text()
        parts.push(packument)
      }
      return parts.join('\n')
    },
    async [Symbol.asyncDispose]() {
      for (const one of disposables) await one[Symbol.asyncDispose]()
      await estate.stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function definitionsOf(config: LanesConfig): ReadonlyMap<string, LaneDefinition> {
  return new Map(
    [...config.lanes].map(([name, { lease, waiting, ...lane }]) => [
      name,
      {
        ...lane,
        ttlMs: lease.ttlMs,
        renewMs: lease.renewMs,
        marginMs: lease.marginMs,
        waitingTtlMs: waiting.ttlMs,
        waitingMax: waiting.max,
        acceptMs: waiting.acceptMs,
      },
    ]),
  )
}
