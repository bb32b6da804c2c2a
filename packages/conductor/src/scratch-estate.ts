import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { parseLanesYaml } from '@conduct/config'
import { type CommitId, type ConductEventBody, toCommitId } from '@conduct/core'
import { openStore, systemClock } from '@conduct/lanes/engine'
import type { ConductorOptions } from './api.ts'
import { noOutside } from './survey-fixture.ts'

const run = promisify(execFile)

/** For tests: real bare repositories over file://, a clone of each, a real store. No registry: nothing is published. */
export interface ScratchEstate extends AsyncDisposable {
  readonly folder: string
  readonly events: readonly ConductEventBody[]
  remote(name: string): string
  bare(name: string): string
  /** A person's checkout of it. */
  clone(name: string): string
  git(cwd: string, ...args: string[]): Promise<string>
  /** A bare repository with a first commit on main. */
  addRepo(name: string, files: Files): Promise<CommitId>
  /** Commits in a clone of its own and pushes, on main or another branch; the person's checkout is not touched. */
  push(name: string, files: Files, options?: { branch?: string; date?: string }): Promise<CommitId>
  /** Options for openTrain; lanes.yaml is written beside the clones, outside any repository. */
  conductor(text: string, path?: string): Promise<ConductorOptions>
}

/** Text of each file; null removes it. Files below `bin/` are executable. */
type Files = Readonly<Record<string, string | null>>

export async function scratchEstate(): Promise<ScratchEstate> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'conductor-test-')))
  const events: ConductEventBody[] = []
  const disposables: AsyncDisposable[] = []
  const bare = (name: string) => join(folder, 'remotes', `${name}.git`)
  const clone = (name: string) => join(folder, 'clones', name)
  const work = (name: string) => join(folder, 'work', name)

  const gitWith = async (cwd: string, args: readonly string[], date?: string): Promise<string> => {
    const identity = [
      '-c',
      'user.name=Ana',
      '-c',
      'user.email=ana@acme.example',
      '-c',
      'commit.gpgSign=false',
    ]
    const dates = date === undefined ? {} : { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date }
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, GIT_CONFIG_NOSYSTEM: '1', ...dates }
    const { stdout } = await run('git', [...identity, ...args], { cwd, env })
    return stdout.trimEnd()
  }
  const git = (cwd: string, ...args: string[]) => gitWith(cwd, args)

  async function push(name: string, files: Files, options: { branch?: string; date?: string } = {}) {
    const { branch = 'main', date } = options
    const at = work(name)
    await git(at, 'fetch', '--quiet', 'origin')
    const start = (await git(at, 'ls-remote', 'origin', `refs/heads/${branch}`)) === '' ? 'main' : branch
    if ((await git(at, 'ls-remote', 'origin', 'refs/heads/main')) !== '') {
      await git(at, 'checkout', '--quiet', '--force', '-B', branch, `origin/${start}`)
    }
    await writeFiles(at, files)
    await git(at, 'add', '--all')
    await gitWith(at, ['commit', '--quiet', '--allow-empty', '--message', 'change'], date)
    await git(at, 'push', '--quiet', 'origin', `HEAD:${branch}`)
    return toCommitId(await git(at, 'rev-parse', 'HEAD'))
  }

  return {
    folder,
    events,
    bare,
    clone,
    git,
    push,
    remote: (name) => `file://${bare(name)}`,
    async addRepo(name, files) {
      await mkdir(dirname(bare(name)), { recursive: true })
      await mkdir(dirname(work(name)), { recursive: true })
      await mkdir(dirname(clone(name)), { recursive: true })
      await git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare(name))
      await git(folder, 'clone', '--quiet', bare(name), work(name))
      await git(work(name), 'checkout', '--quiet', '-B', 'main')
      const commit = await push(name, files)
      await git(folder, 'clone', '--quiet', bare(name), clone(name))
      return commit
    },
    async conductor(text, path = join(folder, 'lanes.yaml')) {
      await writeFile(path, text)
      const { config, findings } = parseLanesYaml({ file: path, text })
      if (config === null) throw new Error(findings.map(({ message }) => message).join('\n'))
      const store = await openStore(`sqlite:${join(folder, `state-${disposables.length}.db`)}`)
      disposables.push(store)
      return {
        config,
        configPath: path,
        configText: text,
        store,
        lanes: noOutside as never,
        identity: { holder: 'cli:ana@host', person: 'ana' },
        clock: systemClock,
        emit: (event) => events.push(event),
        cacheDir: join(folder, 'cache'),
        stateDir: join(folder, 'state'),
        launcher: 'conduct',
        signal: new AbortController().signal,
      }
    },
    async [Symbol.asyncDispose]() {
      for (const one of disposables) await one[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path)
    if (text === null) await rm(file, { force: true })
    else {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
      if (path.startsWith('bin/')) await chmod(file, 0o755)
    }
  }
}

/** A lanes.yaml over repos of the estate; `repos` and `train` are YAML flow mappings without their braces. */
export function lanesYaml(
  estate: Pick<ScratchEstate, 'remote'>,
  parts: { readonly repos: Readonly<Record<string, string>>; readonly train: string },
): string {
  const repos = Object.entries(parts.repos).map(
    ([name, more]) => `  ${name}: { remote: "${estate.remote(name)}"${more === '' ? '' : `, ${more}`} }`,
  )
  return [
    'version: 1',
    'estate: acme',
    'people: { ana: {} }',
    'repos:',
    ...repos,
    'lanes:',
    '  release_train: { use: release_train, captains: [ana], justification: { irreversible: true, signed_off_by: ana } }',
    'trains:',
    `  engine: { ${parts.train} }`,
    '',
  ].join('\n')
}
