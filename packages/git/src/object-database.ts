import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflate, deflateSync, inflateSync } from 'node:zlib'
import type { GitObject, NamedObject } from './git-object.ts'
import { gitFailed, runGit } from './run-git.ts'

const compress = promisify(deflate)

/** Names asked of one `cat-file`. */
const namesMax = 5000

/**
 * The objects of one bare repository: written as loose files, read from there, or through git where they are packed.
 * Any number of processes may do so at once: an object never changes, and appears whole.
 */
export interface ObjectDatabase {
  write(objects: readonly NamedObject[]): Promise<void>
  /** Null: not a loose file here. */
  readLoose(id: string): Promise<GitObject | null>
  /** Through git: whatever it can name (`<id>`, `<commit>:<path>`); what does not exist is absent. One process. */
  readNamed(names: readonly string[], timeoutMs: number): Promise<ReadonlyMap<string, NamedObject>>
}

export function openObjectDatabase(repository: string): ObjectDatabase {
  const fileOf = (id: string): string => join(repository, 'objects', id.slice(0, 2), id.slice(2))
  return {
    write: async (objects) => {
      await Promise.all(objects.map((object) => writeLoose(fileOf(object.id), object)))
    },
    readLoose: async (id) => {
      const packed = readIfThere(fileOf(id))
      if (packed === null) return null
      const bytes = inflateSync(packed)
      const end = bytes.indexOf(0)
      const [type] = bytes.toString('latin1', 0, end).split(' ')
      return { type: type as GitObject['type'], content: bytes.subarray(end + 1) }
    },
    readNamed: async (names, timeoutMs) => {
      const found = new Map<string, NamedObject>()
      for (let at = 0; at < names.length; at += namesMax) {
        const asked = names.slice(at, at + namesMax)
        const call = {
          cwd: repository,
          args: ['cat-file', '--batch'],
          timeoutMs,
          input: `${asked.join('\n')}\n`,
        }
        const result = await runGit(call)
        if (result.exitCode !== 0) throw gitFailed(call, result)
        for (const [name, object] of parseBatch(result.stdoutBytes, asked)) found.set(name, object)
      }
      return found
    },
  }
}

function readIfThere(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Above it, packing moves to another thread. */
const smallBytesMax = 64 * 1024

/** Small files in one go: handing each step to another thread takes longer than the step. */
async function writeLoose(file: string, { type, content }: NamedObject): Promise<void> {
  if (existsSync(file)) return
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const isSmall = bytes.length <= smallBytesMax
  const packed = isSmall ? deflateSync(bytes, { level: 1 }) : await compress(bytes, { level: 1 })
  const fresh = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(fresh, packed, { mode: 0o444 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(fresh, packed, { mode: 0o444 })
  }
  renameSync(fresh, file)
}

/** `<id> <type> <size>`, a newline, the content, a newline; or `<name> missing`. */
function* parseBatch(output: Buffer, names: readonly string[]): Generator<[string, NamedObject]> {
  let at = 0
  for (const name of names) {
    const end = output.indexOf(0x0a, at)
    const header = output.toString('utf8', at, end)
    at = end + 1
    const [id = '', type, size] = header.split(' ')
    if (header.endsWith(' missing') || size === undefined) continue
    const content = output.subarray(at, at + Number(size))
    at += content.length + 1
    yield [name, { id, type: type as GitObject['type'], content }]
  }
}
