import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type LanesConfig, parseLanesYaml } from '@conduct/config'
import { ConductError, type Finding, renderFindings } from '@conduct/core'
import type { CommandContext } from '../command.ts'
import { toWireFinding } from '../wire.ts'
import { type ConfigLocation, configNames, findConfig } from './find-config.ts'

export interface ReadConfig {
  /** Absolute path of the file, or its `git+URL#ref`. */
  readonly address: string
  readonly text: string
  readonly config: LanesConfig | null
  readonly findings: readonly Finding[]
}

export interface LoadedConfig extends ReadConfig {
  readonly config: LanesConfig
}

/** Reads lanes.yaml with all its findings; what to do about them is the caller's business. */
export async function readConfig(context: CommandContext): Promise<ReadConfig> {
  const location = findConfig({ flag: context.global.config, cwd: context.cwd })
  const text = await readText(location, context)
  const address = location.kind === 'file' ? location.path : location.address
  const file = location.kind === 'file' ? shownPath(location.path, context.cwd) : location.address
  const { config, findings } = parseLanesYaml({ file, text })
  return { address, text, config, findings }
}

/**
 * A lanes.yaml without errors; its warnings are left to `conduct check`.
 *
 * @throws ConductError CONFIG_INVALID with all findings, CONFIG_NOT_FOUND, CONFIG_AMBIGUOUS, CONFIG_UNREADABLE
 */
export async function loadConfig(context: CommandContext): Promise<LoadedConfig> {
  const read = await readConfig(context)
  const { config } = read
  if (config === null) throw invalidConfig(read)
  return { ...read, config }
}

export function invalidConfig({ findings, text, address }: ReadConfig): ConductError {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const count = errors.length === 1 ? '1 error' : `${errors.length} errors`
  return new ConductError('CONFIG_INVALID', `${address} has ${count}`, {
    details: { document: { findings: findings.map(toWireFinding) }, frames: renderFindings(errors, text) },
  })
}

async function readText(location: ConfigLocation, context: CommandContext): Promise<string> {
  if (location.kind === 'git') return readFromRemote(location, context)
  try {
    return readFileSync(location.path, 'utf8')
  } catch (cause) {
    throw new ConductError('CONFIG_UNREADABLE', `${location.path} could not be read`, { cause })
  }
}

const REMOTE_MS_MAX = 60_000

/** The file at the top of a branch of another repository, by way of its private mirror. */
async function readFromRemote(
  { address, remote, ref }: Extract<ConfigLocation, { kind: 'git' }>,
  context: CommandContext,
): Promise<string> {
  const { cacheHome, openMirror } = await import('@conduct/git')
  const cacheDir = join(cacheHome(context.env), 'mirrors')
  const mirror = await openMirror({ cacheDir, remote, timeoutMs: REMOTE_MS_MAX, signal: context.signal })
  await mirror.fetch()
  const branch = ref ?? (await mirror.defaultBranch())
  const commit = branch === null ? null : await mirror.remoteHead(branch)
  if (commit === null) {
    throw new ConductError('CONFIG_UNREADABLE', `${address}: there is no branch ${branch ?? 'at all'}`)
  }
  for (const name of configNames) {
    const text = await mirror.readFile(commit, name)
    if (text !== null) return text
  }
  throw new ConductError(
    'CONFIG_UNREADABLE',
    `${address}: no ${configNames.join(' or ')} at ${commit.slice(0, 7)}`,
  )
}

/** As short as it can be while a terminal can still open it from the folder one stands in. */
export function shownPath(path: string, cwd: string): string {
  const fromHere = relative(cwd, path)
  return fromHere.startsWith('..') ? path : fromHere
}
