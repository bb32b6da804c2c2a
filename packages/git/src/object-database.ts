import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import type { GitObject, NamedObject } from './git-object.ts'
import { gitFailed, runGit } from './run-git.ts'

const compress = promisify(deflate)
const decompress = promisify(inflate)

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
      const packed = await readFile(fileOf(id)).catch(() => null)
      if (packed === null) return null
      const bytes = await decompress(packed)
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

async function writeLoose(file: string, { type, content }: NamedObject): Promise<void> {
  if ((await stat(file).catch(() => null)) !== null) return
  const bytes = await compress(Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]), {
    level: 1,
  })
  const fresh = `${file}.${randomBytes(6).toString('hex')}`
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(fresh, bytes, { mode: 0o444 })
  await rename(fresh, file)
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
