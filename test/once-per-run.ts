import { existsSync } from 'node:fs'
import { mkdir, readlink, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { scratchPrefix } from './scratch.ts'

/** 180 s, as long as a hook may take. */
const lookMs = 100
const looksMax = 1800

/**
 * A folder that several files of the tests only read: it is made once in a run of the tests, by whichever process needs
 * it first, in the scratch folder of that run and never outside one: no run sees what another made.
 *
 * Whoever makes it says so by a claim that names its process; if that was killed, the next one makes its own. The link
 * to the folder appears in one move, when it is whole.
 *
 * @returns its real path.
 */
export async function oncePerRun(name: string, make: (dir: string) => Promise<void>): Promise<string> {
  const folder = join(await realpath(tmpdir()), 'once-per-run')
  if (!folder.includes(scratchPrefix)) throw new Error(`${folder} would outlive the run of the tests`)
  await mkdir(folder, { recursive: true })
  const made = join(folder, name)
  const claim = join(folder, `${name}.maker`)
  for (let look = 0; look < looksMax; look++) {
    if (existsSync(made)) return await realpath(made)
    if (await link(String(process.pid), claim)) {
      try {
        const dir = join(folder, `${name}-${crypto.randomUUID()}`)
        await make(dir)
        // False: another process was faster, and what it made is as good.
        await link(dir, made)
      } finally {
        await rm(claim, { force: true })
      }
    } else if (await isAbandoned(claim)) await rm(claim, { force: true })
    else await delay(lookMs)
  }
  throw new Error(`nobody finished ${made}`)
}

/** False: there is one already. */
async function link(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** The process that it names has ended. */
async function isAbandoned(claim: string): Promise<boolean> {
  const pid = await readlink(claim).catch(() => null)
  if (pid === null) return false
  try {
    process.kill(Number(pid), 0)
    return false
  } catch {
    return true
  }
}
