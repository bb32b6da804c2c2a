import { accessSync, constants, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { quoteWord } from './quote-word.ts'

/**
 * How this process was started, as words that start it again from any folder of a new shell: through pnpm where
 * pnpm started it, else `conduct` where that is on PATH, else node with the absolute path of the program.
 */
export function launcherWords(options: {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of `bin/conduct.js`. */
  readonly program: string
  readonly execPath: string
}): string {
  const { env, execPath } = options
  const program = realPath(options.program)
  const workspace = startedByPnpm(env) ? folderThatOffers(program) : null
  if (workspace !== null) return `${pnpmWords(env)} -C ${quoteWord(workspace)} conduct`
  if (findOnPath('conduct', env) === program) return 'conduct'
  const node = findOnPath('node', env) === realPath(execPath) ? 'node' : quoteWord(execPath)
  return `${node} ${quoteWord(program)}`
}

function startedByPnpm(env: Readonly<Record<string, string | undefined>>): boolean {
  return env['npm_config_user_agent']?.startsWith('pnpm/') === true
}

/** `npx -y pnpm@12` where npx brought pnpm along: a new shell may have none. */
function pnpmWords(env: Readonly<Record<string, string | undefined>>): string {
  const isFromNpx = /[/\\]_npx[/\\]/.test(env['npm_execpath'] ?? '')
  const major = /^pnpm\/(\d+)/.exec(env['npm_config_user_agent'] ?? '')?.[1]
  return isFromNpx ? `npx -y pnpm${major === undefined ? '' : `@${major}`}` : 'pnpm'
}

/** The nearest folder above the program whose `node_modules/.bin` has `conduct`. */
function folderThatOffers(program: string): string | null {
  let folder = dirname(program)
  while (folder !== dirname(folder)) {
    if (isExecutable(join(folder, 'node_modules', '.bin', 'conduct'))) return folder
    folder = dirname(folder)
  }
  return null
}

/** Leaves out what a package manager puts in front of PATH: a new shell does not have it. */
function findOnPath(name: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const folders = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !/[/\\]node_modules[/\\]/.test(folder))
  const found = folders.map((folder) => join(folder, name)).find(isExecutable)
  return found === undefined ? null : realPath(found)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
