import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Apps that are only deployed: real remotes, a real deploy command, a server that says what runs. No library, so that
 * a test of one deploy takes no registry.
 */
export interface DeployEstate extends AsyncDisposable {
  readonly dir: string
  readonly storeUrl: string
  /** `more` goes into `deploy:` of every app, `train` into the train. */
  lanesYaml(options?: {
    readonly deploy?: string
    readonly train?: string
    readonly after?: Readonly<Record<string, string>>
  }): string
  head(app: string): Promise<string>
  running(app: string): Promise<string>
  /** Commits that the deploy command was called with. */
  sent(app: string): Promise<readonly string[]>
  /** Shell that the deploy command of an app runs before it acts, after it, or instead of saying what runs. */
  script(app: string, place: 'before' | 'after' | 'current', shell: string): Promise<void>
  /** Answers reads of `/apps/<app>` once it was deployed; `read` counts from 1. Null: as it is. */
  answer: ((response: ServerResponse, told: { readonly sha: string; readonly read: number }) => void) | null
}

export const oldSha = '0'.repeat(40)

export async function deployEstate(apps: readonly string[]): Promise<DeployEstate> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'deploys-')))
  const file = (app: string, name: string) => join(dir, 'state', `${app}.${name}`)
  await mkdir(join(dir, 'state'))
  // Its text is given to each conductor; that there is a file is all that is asked of it.
  await writeFile(join(dir, 'lanes.yaml'), '')
  const git = async (cwd: string, ...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example', ...args], { cwd })
    ).stdout.trim()
  for (const repo of ['engine', ...apps]) {
    const work = join(dir, 'work', repo)
    await mkdir(join(work, 'bin'), { recursive: true })
    await git(work, 'init', '--quiet', '--initial-branch=main')
    await writeFile(join(work, 'bin', 'deploy'), deployScript(file, repo))
    await chmod(join(work, 'bin', 'deploy'), 0o755)
    await git(work, 'add', '--all')
    await git(work, 'commit', '--quiet', '--message', `${repo}: first`)
    await git(dir, 'clone', '--quiet', '--bare', work, join(dir, `${repo}.git`))
    await writeFile(file(repo, 'sha'), oldSha)
  }
  const reads = new Map<string, number>()
  const read = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim()
  const estate: DeployEstate = {
    dir,
    storeUrl: `sqlite:${join(dir, 'state.db')}`,
    answer: null,
    lanesYaml: ({ deploy = '', train = '', after = {} } = {}) =>
      [
        'version: 1',
        'estate: acme',
        'people: { ana: {} }',
        'repos:',
        ...['engine', ...apps].map(
          (repo) => `  ${repo}: { remote: "file://${join(dir, `${repo}.git`)}", main: main, forge: none }`,
        ),
        'lanes:',
        '  release_train: { use: release_train, captains: [ana], approval: none, lease: { ttl: 20s, renew: 1s, margin: 2s }, justification: { irreversible: true, signed_off_by: ana } }',
        'trains:',
        '  engine:',
        '    producer: { repo: engine, publish: [] }',
        ...(train === '' ? [] : [`    ${train}`]),
        '    consumers:',
        ...apps.flatMap((app) => [
          `      - repo: ${app}`,
          '        adopt: none',
          ...(after[app] === undefined ? [] : [`        after: [${after[app]}]`]),
          '        deploy:',
          '          run: bin/deploy --sha {sha}',
          '          previous: bin/deploy --current',
          '          rollback: bin/deploy --sha {previous_sha}',
          `          verify: { url: "http://127.0.0.1:${port(server)}/apps/${app}", expect: { json: { sha: "{sha}" } }, reads: 3, within: 2s }`,
          ...(deploy === '' ? [] : [`          ${deploy}`]),
        ]),
        '',
      ].join('\n'),
    head: (app) => git(dir, '--git-dir', join(dir, `${app}.git`), 'rev-parse', 'main'),
    running: (app) => read(file(app, 'sha')),
    sent: async (app) => (await read(file(app, 'sent'))).split('\n').filter((line) => line !== ''),
    script: (app, place, shell) => writeFile(file(app, place), `${shell}\n`),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  const server = createServer((request, response) => {
    const app = (request.url ?? '').slice('/apps/'.length)
    void read(file(app, 'sha')).then((sha) => {
      if (sha === oldSha || estate.answer === null) return response.end(JSON.stringify({ sha }))
      const nth = (reads.get(app) ?? 0) + 1
      reads.set(app, nth)
      return estate.answer(response, { sha, read: nth })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return estate
}

function port(server: Server): number {
  return (server.address() as AddressInfo).port
}

function deployScript(file: (app: string, name: string) => string, app: string): string {
  const place = (name: string) => `[ -f "${file(app, name)}" ] && . "${file(app, name)}"`
  return `#!/bin/sh
sha="${file(app, 'sha')}"
if [ "$1" = --current ]; then
  ${place('current')}
  cat "$sha"
  exit 0
fi
echo "$2" >> "${file(app, 'sent')}"
${place('before')}
echo "$2" > "$sha"
${place('after')}
exit 0
`
}
