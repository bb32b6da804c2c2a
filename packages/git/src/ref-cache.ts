import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/**
 * The private bare repository in which refs of one remote are kept at hand. Several processes share it.
 *
 * It is never repaired and never collected: what is full or broken is left behind for the next *generation*, an
 * empty one, and removed once nobody has used it for a day. So no process ever deletes an object that another one
 * needs, and a lock that a killed git left behind costs one generation.
 *
 * Each handle fetches into refs of its own (`refs/h/<handle>/…`), so that handles never wait for each other. Where
 * the remote was last seen lies in `tips/`, which git does not look at: the next handle begins there.
 */
export interface RefCache {
  readonly path: string
  /** The handle's own name for a ref of the remote. */
  readonly ownRef: (ref: string) => string
  /** Where the handle last saw the ref; where another handle did, for the first time. */
  readonly lastSeen: (ref: string) => Promise<string | null>
  /** Where the handle's own name for the ref points now. */
  readonly readOwn: (ref: string) => Promise<string | null>
  readonly noteSeen: (ref: string, id: string) => Promise<void>
  /** A ref that this handle began itself need not be looked at from afar as if its past were unknown. */
  readonly noteBegun: (ref: string, id: string) => Promise<void>
  /** Notes that hold for the remote, whoever asks: a probe that passed. */
  readonly readMark: (name: string) => Promise<string | null>
  readonly writeMark: (name: string, text: string) => Promise<void>
  /** True when the next generation should begin. */
  readonly isFull: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Loose objects in one of 256 folders, and packs, from which on a generation is full: about 15,000 objects. */
const sampleMax = 60
const packsMax = 60
const leftBehindMsMax = 24 * 3_600_000
/** A remote nobody has used for this long is forgotten. */
const unusedMsMax = 30 * 24 * 3_600_000
const generationsTriedMax = 20

/** @param options.after begin a later generation than that. */
export async function openRefCache(options: {
  readonly cacheDir: string
  readonly remote: string
  readonly after?: string
}): Promise<RefCache> {
  const place = resolve(options.cacheDir)
  const folder = join(place, createHash('sha256').update(options.remote).digest('hex').slice(0, 32))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = await openGeneration(folder, options.after ?? null)
  await tidy(place, folder, path)
  return openAt(path, `${process.pid}-${randomBytes(6).toString('hex')}`)
}

async function openGeneration(folder: string, after: string | null): Promise<string> {
  const existing = (await generationsIn(folder)).filter((path) => path !== after)
  const newest = existing.at(-1)
  if (newest !== undefined && (after === null || numberOf(newest) > numberOf(after))) {
    if (!(await isFullAt(newest))) return newest
  }
  let next = Math.max(0, ...[...existing, ...(after === null ? [] : [after])].map(numberOf)) + 1
  for (let tried = 1; ; tried += 1, next += 1) {
    const path = join(folder, String(next))
    try {
      await makeRepository(folder, path)
      return path
    } catch (error) {
      // Another process was quicker: that one is as good.
      if ((await exists(join(path, 'HEAD'))) && !(await isFullAt(path))) return path
      if (tried === generationsTriedMax) throw error
    }
  }
}

/** Made beside its place and moved there, so that nobody ever meets half a repository. */
async function makeRepository(folder: string, path: string): Promise<void> {
  const fresh = join(folder, `new-${randomBytes(6).toString('hex')}`)
  for (const part of ['objects', 'refs', 'tips', 'marks']) await mkdir(join(fresh, part), { recursive: true })
  await writeFile(join(fresh, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
  await writeFile(join(fresh, 'HEAD'), 'ref: refs/heads/none\n')
  try {
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    throw error
  }
}

function openAt(path: string, handle: string): RefCache {
  const ownRef = (ref: string): string => `refs/h/${handle}/${ref.replace(/^refs\//, '')}`
  const tip = (ref: string): string => join(path, 'tips', ref.replaceAll('/', '+'))
  const readOwn = (ref: string) => readId(join(path, ownRef(ref)))
  return {
    path,
    ownRef,
    readOwn,
    lastSeen: async (ref) => {
      const own = await readOwn(ref)
      if (own !== null) return own
      const seen = await readId(tip(ref))
      if (seen !== null) await replaceFile(join(path, ownRef(ref)), `${seen}\n`)
      return seen
    },
    noteSeen: (ref, id) => replaceFile(tip(ref), `${id}\n`),
    noteBegun: async (ref, id) => {
      if ((await readOwn(ref)) !== null) return
      await replaceFile(join(path, ownRef(ref)), `${id}\n`)
      await replaceFile(tip(ref), `${id}\n`)
    },
    readMark: (name) => readFile(join(path, 'marks', name), 'utf8').catch(() => null),
    writeMark: (name, text) => replaceFile(join(path, 'marks', name), text),
    isFull: () => isFullAt(path),
    close: () => rm(join(path, 'refs', 'h', handle), { recursive: true, force: true }),
  }
}

async function isFullAt(path: string): Promise<boolean> {
  // Object names are evenly spread: one folder of 256 tells how many there are.
  const sample = await readdir(join(path, 'objects', '17')).catch(() => [])
  const packs = await readdir(join(path, 'objects', 'pack')).catch(() => [])
  return sample.length > sampleMax || packs.filter((name) => name.endsWith('.pack')).length > packsMax
}

/** Marks this generation as used; removes what crashed or left handles, generations and remotes have left. */
async function tidy(place: string, folder: string, path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(() => undefined)
  const isOlder = async (file: string, ageMs: number): Promise<boolean> => {
    const found = await stat(file).catch(() => null)
    return found !== null && now.getTime() - found.mtimeMs > ageMs
  }
  const remove = (file: string) =>
    rm(file, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
  for (const name of await readdir(join(path, 'refs', 'h')).catch(() => [])) {
    const left = join(path, 'refs', 'h', name)
    if (!isAlive(Number(name.split('-')[0])) && (await isOlder(left, leftBehindMsMax))) await remove(left)
  }
  for (const name of await readdir(folder).catch(() => [])) {
    const left = join(folder, name)
    if (left !== path && (await isOlder(left, leftBehindMsMax))) await remove(left)
  }
  for (const name of await readdir(place).catch(() => [])) {
    const other = join(place, name)
    const newest = other === folder ? undefined : (await generationsIn(other)).at(-1)
    if (newest !== undefined && (await isOlder(newest, unusedMsMax))) await remove(other)
  }
}

/** Oldest first. */
async function generationsIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name))
  return names.sort((one, other) => Number(one) - Number(other)).map((name) => join(folder, name))
}

function numberOf(path: string): number {
  return Number(path.slice(path.lastIndexOf('/') + 1))
}

async function readId(file: string): Promise<string | null> {
  const text = await readFile(file, 'latin1').catch(() => null)
  return text !== null && /^[0-9a-f]{40}\n?$/.test(text) ? text.trim() : null
}

/** Whoever reads it sees the old text or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const fresh = `${file}.${randomBytes(6).toString('hex')}.lock`
  await writeFile(fresh, text)
  await rename(fresh, file)
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
