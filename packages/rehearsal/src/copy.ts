import { constants } from 'node:fs'
import { cp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { invariant } from '@conduct/core'
import { forgeSettingOf } from './build.ts'
import { type Estate, type EstateRecord, type Formalities, readRecord, toEstate } from './estate.ts'
import { cloneCheckout, createRemote } from './git-history.ts'
import { type Layout, layoutOf, newEstateName } from './layout.ts'
import type { PlatformState } from './server/platform.ts'
import { restoreApps, type ServerRecord, serveForge, startServer, stopServer } from './server-process.ts'
import { storeLine } from './lanes-yaml.ts'
import { runStep } from './toolchain.ts'

export interface CopyEstateOptions {
  /** Folder of an estate in which nothing is going on; it may be stopped. */
  readonly from: string
  /** Empty or absent. */
  readonly to: string
  /** A store that outlives the copy; default: as the original has it, which is one of its own inside each folder. */
  readonly storeUrl?: string
}

/**
 * A second estate that stands as the first one does: same registry, same histories but for the addresses in them
 * (so that commit ids differ), same apps running, at addresses of its own. Checkouts are fresh clones, nothing has
 * been attempted, and the store is empty. Cheap: nothing is published, resolved or installed again.
 *
 * @throws ConductError REHEARSAL_SERVER, REHEARSAL_STEP  nothing is left running.
 */
export async function copyEstate(options: CopyEstateOptions): Promise<Estate> {
  const from = layoutOf(await realpath(resolve(options.from)))
  const before = await readRecord(from)
  await mkdir(options.to, { recursive: true })
  const to = layoutOf(await realpath(resolve(options.to)))
  const folders = ['registry', 'staged', 'gems', 'platform'] as const
  await Promise.all(folders.map((folder) => copyFolder(from[folder], to[folder])))
  await writeFile(to.attempts, '')
  const server = await startServer(to.dir)
  try {
    const { registryPort, platformPort, gemPort } = server
    const formalities = await takeOver(before, { from, to, server })
    const after: EstateRecord = {
      ...before,
      ...(options.storeUrl === undefined ? {} : { store: options.storeUrl }),
      estateName: newEstateName(),
      registryPort,
      platformPort,
      ...(before.gemPort === undefined ? {} : { gemPort }),
      ...(formalities === null ? {} : { formalities }),
    }
    const rewrite = rewriter({ from, to, before, after })
    const repos = [before.producer, ...before.consumers.map((consumer) => consumer.name)]
    const moved = await Promise.all(repos.map((repo) => copyRepository({ from, to, repo, rewrite })))
    await moveApps(to, new Map(moved.flatMap((commits) => [...commits])))
    if (after.formalities !== undefined)
      await serveForge(server, forgeSettingOf(after, after.formalities.forgeToken))
    await restoreApps(server)
    await mkdir(dirname(to.store), { recursive: true })
    await writeFile(to.estateFile, `${JSON.stringify(after, null, 2)}\n`)
    const lanesYaml = rewrite(await readFile(from.lanesYaml, 'utf8'))
    await writeFile(
      to.lanesYaml,
      lanesYaml.replace(/^store: .*$/m, () => storeLine(to, after)),
    )
    return toEstate(to, after)
  } catch (error) {
    await stopServer(to.dir)
    throw error
  }
}

/** The same people with the same keys, and a forge of its own. */
async function takeOver(
  before: EstateRecord,
  { from, to, server }: { readonly from: Layout; readonly to: Layout; readonly server: ServerRecord },
): Promise<Formalities | null> {
  const { formalities } = before
  if (formalities === undefined) return null
  await copyFolder(dirname(from.maintainer), dirname(to.maintainer))
  const none = { ...forgeSettingOf(before, formalities.forgeToken), repos: [] }
  return { ...formalities, forgePort: await serveForge(server, none) }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE })
}

interface Move {
  readonly from: Layout
  readonly to: Layout
  readonly before: EstateRecord
  readonly after: EstateRecord
}

/** Puts the new addresses in place of the old ones; they are equally long, so that sizes in a stream stay true. */
function rewriter({ from, to, before, after }: Move): (text: string) => string {
  const addresses = [
    [`127.0.0.1:${before.registryPort}`, `127.0.0.1:${after.registryPort}`],
    [`127.0.0.1:${before.platformPort}`, `127.0.0.1:${after.platformPort}`],
    ...gemAddresses(before, after),
    ...forgeAddresses(before, after),
  ] as const
  for (const [old, next] of addresses) invariant(old.length === next.length, 'ports have five digits')
  const names = [
    [from.dir, to.dir],
    [before.estateName, after.estateName],
  ] as const
  return (text) => {
    // All at once: an old port may be somebody's new one.
    const all = new Map<string, string>([...addresses, ...names])
    const any = new RegExp(
      [...all.keys()].map((old) => old.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'),
      'g',
    )
    return text.replaceAll(any, (old) => all.get(old) ?? old)
  }
}

function gemAddresses(before: EstateRecord, after: EstateRecord): readonly (readonly [string, string])[] {
  if (before.gemPort === undefined || after.gemPort === undefined) return []
  return [[`127.0.0.1:${before.gemPort}`, `127.0.0.1:${after.gemPort}`]]
}

function forgeAddresses(before: EstateRecord, after: EstateRecord): readonly (readonly [string, string])[] {
  if (before.formalities === undefined || after.formalities === undefined) return []
  return [[`127.0.0.1:${before.formalities.forgePort}`, `127.0.0.1:${after.formalities.forgePort}`]]
}

interface RepositoryMove {
  readonly from: Layout
  readonly to: Layout
  readonly repo: string
  readonly rewrite: (text: string) => string
}

/** @returns old commit → new commit. */
async function copyRepository({
  from,
  to,
  repo,
  rewrite,
}: RepositoryMove): Promise<ReadonlyMap<string, string>> {
  const bare = to.remote(repo)
  const oldMarks = join(to.dir, `${repo}.old-marks`)
  const newMarks = join(to.dir, `${repo}.new-marks`)
  await createRemote(to, repo)
  const { stdout } = await runStep(['git', 'fast-export', '--all', `--export-marks=${oldMarks}`], {
    cwd: from.remote(repo),
  })
  await runStep(['git', 'fast-import', '--quiet', `--export-marks=${newMarks}`], {
    cwd: bare,
    stdin: rewrite(stdout),
  })
  await cloneCheckout(to, repo)
  const [olds, news] = await Promise.all([readMarks(oldMarks), readMarks(newMarks)])
  return new Map([...olds].map(([mark, id]) => [id, news.get(mark) ?? id]))
}

async function readMarks(file: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(file, 'utf8')
  await rm(file)
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [mark = '', id = ''] = line.split(' ')
        return [mark, id]
      }),
  )
}

/** What runs, under the new ids of its commits. */
async function moveApps(to: Layout, moved: ReadonlyMap<string, string>): Promise<void> {
  const file = join(to.platform, 'state.json')
  const state = JSON.parse(await readFile(file, 'utf8')) as PlatformState
  const apps = Object.entries(state.apps).map(([app, { sha, folder }]) => {
    const next = moved.get(sha)
    invariant(next !== undefined, `${app} runs a commit of its remote`)
    return [app, { sha: next, folder }] as const
  })
  await writeFile(file, JSON.stringify({ ...state, apps: Object.fromEntries(apps) }))
}
