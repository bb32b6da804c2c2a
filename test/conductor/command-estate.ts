import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A train without any registry: its library is published by a command into a folder, and adopted by another. */
export interface CommandEstate extends AsyncDisposable {
  readonly dir: string
  readonly storeUrl: string
  readonly lanesYaml: string
  /** What the folder does from now on: `fine`, `fails before`, `fails after`, `loses it`, `unreadable`, `shows
   *  nothing`, `fails, shows late`: at the fiftieth look. */
  behave(mode: string): Promise<void>
  /** Puts a version there, as somebody else would. */
  put(version: string): Promise<void>
  /** Versions in the order in which the command was asked to publish them. */
  asked(): Promise<readonly string[]>
  /** Versions that arrived, one per arrival. */
  arrived(): Promise<readonly string[]>
  git(repo: string, ...args: string[]): Promise<string>
}

export async function commandEstate(): Promise<CommandEstate> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'commands-')))
  const shelf = join(dir, 'shelf')
  const bare = (repo: string) => join(dir, `${repo}.git`)
  const git = async (cwd: string, ...args: string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: dir, GIT_CONFIG_NOSYSTEM: '1' }
    const identity = ['-c', 'user.name=Ana', '-c', 'user.email=ana@acme.example']
    return (await execute('git', [...identity, ...args], { cwd, env })).stdout.trimEnd()
  }
  const addRepo = async (repo: string, files: Readonly<Record<string, string>>): Promise<void> => {
    const work = join(dir, `work-${repo}`)
    await git(dir, 'init', '--quiet', '--bare', '--initial-branch=main', bare(repo))
    await git(dir, 'init', '--quiet', '--initial-branch=main', work)
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(work, path)), { recursive: true })
      await writeFile(join(work, path), text)
      if (path.startsWith('bin/')) await chmod(join(work, path), 0o755)
    }
    await git(work, 'add', '--all')
    await git(work, 'commit', '--quiet', '--message', 'first')
    await git(work, 'push', '--quiet', bare(repo), 'main')
  }
  const lines = async (name: string): Promise<readonly string[]> =>
    (await readFile(join(shelf, name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '')

  await mkdir(shelf)
  await writeFile(join(shelf, 'mode'), 'fine')
  await addRepo('engine', {
    VERSION: '1.1.0\n',
    'bin/publish': `#!/bin/sh
cd "${shelf}"
echo "$1" >> asked
case "$(cat mode)" in
  "fails before") echo "no room" >&2; exit 1 ;;
  "loses it") exit 0 ;;
esac
echo "$1" >> arrived
case "$(cat mode)" in "fails after" | "fails, shows late") exit 1 ;; esac
`,
    'bin/published': `#!/bin/sh
cd "${shelf}"
test "$(cat mode)" != unreadable || { echo "shelf on fire" >&2; exit 3; }
test "$(cat mode)" != "shows nothing" || exit 0
if [ "$(cat mode)" = "fails, shows late" ] && [ -f arrived ]; then
  echo look >> looks
  test "$(wc -l < looks)" -gt 50 || exit 0
fi
if grep -qx "$1" arrived 2>/dev/null; then echo "shelf:$1"; fi
`,
  })
  await addRepo('kiosk', {
    'engine.version': '1.0.0\n',
    'bin/adopt': '#!/bin/sh\necho "$1" > engine.version\n',
  })
  const lanesYaml = `version: 1
estate: commands
people: { ana: {} }
repos:
  engine: { remote: "file://${bare('engine')}", main: main, forge: none }
  kiosk: { remote: "file://${bare('kiosk')}", main: main, forge: none }
lanes:
  release_train: { use: release_train, captains: [ana] }
trains:
  engine:
    accept_unknown: [version_order, adoptable]
    producer:
      repo: engine
      publish:
        - { package: engine, ecosystem: shelf, command: "bin/publish {version}", observe: "bin/published {version}", timeout: 1s }
    consumers:
      - { repo: kiosk, adopt: { via: push, command: "bin/adopt {version}", observe: cat engine.version } }
`
  await writeFile(join(dir, 'lanes.yaml'), lanesYaml)
  return {
    dir,
    storeUrl: `sqlite:${join(dir, 'state.db')}`,
    lanesYaml,
    behave: (mode) => writeFile(join(shelf, 'mode'), mode),
    put: (version) => writeFile(join(shelf, 'arrived'), `${version}\n`, { flag: 'a' }),
    asked: () => lines('asked'),
    arrived: () => lines('arrived'),
    git: (repo, ...args) => git(bare(repo), ...args),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true, maxRetries: 3 }),
  }
}
