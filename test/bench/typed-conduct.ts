import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { elapsedMs } from './samples.ts'

const runFile = promisify(execFile)
const outputBytesMax = 64 * 1024 * 1024

export interface TypedConduct {
  /** The bundle. */
  readonly program: string
  /** Where its caches, its records and the store come to lie. */
  readonly dir: string
  readonly lanesYaml: string
  readonly env?: Readonly<Record<string, string>>
}

/**
 * `conduct …` as a person types it: a process of its own, from its start to its exit. Nothing of the benchmark lies
 * in its memory, which every start of a process would have to copy.
 *
 * @returns milliseconds. @throws when it exits with anything but 0
 */
export function typeConduct(typed: TypedConduct, words: readonly string[]): Promise<number> {
  const { program, dir, lanesYaml, env } = typed
  return elapsedMs(async () => {
    await runFile(process.execPath, [program, '-c', lanesYaml, '--as', 'cli:ana', ...words], {
      env: {
        ...process.env,
        XDG_CACHE_HOME: path.join(dir, 'cache'),
        XDG_STATE_HOME: path.join(dir, 'state'),
        ...env,
      },
      maxBuffer: outputBytesMax,
    })
  })
}
