import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'yaml'
import { fileTreeOfFolder } from '../file-tree.ts'
import { yarnSettingsFile } from '../manifests/workspace.ts'
import { asRecord } from '../unknown.ts'
import { leavesWorktree } from './followed-settings.ts'
import { parseYamlText } from '../yaml-text.ts'

/** Read by yarn instead of `.yarnrc.yml`. */
const ownSettingsFile = '.conduct-yarnrc.yml'

/**
 * What a repository may not decide while we lock: code of its own (plugins, another yarn, constraints), places outside
 * the worktree, how a run is reported, and whether its result may be written or has to match.
 */
const notFollowed = (
  'plugins yarnPath ignorePath enableConstraintsChecks cacheFolder globalFolder installStatePath virtualFolder ' +
  'enableImmutableInstalls enableImmutableCache checksumBehavior enableGlobalCache enableScripts logFilters ' +
  'enableTelemetry enableProgressBars enableInlineBuilds enableMessageNames preferInteractive pnpDataPath ' +
  'pnpUnpluggedFolder deferredVersionFolder patchFolder constraintsPath lockfileFilename injectEnvironmentFiles'
).split(' ')

const ownSettings = {
  enableScripts: false,
  enableImmutableInstalls: false,
  enableGlobalCache: true,
  enableTelemetry: false,
  enableProgressBars: false,
  preferInteractive: false,
}

/** Variables that yarn does not know make it fail: these two it knows, and no others reach it. */
export const yarnEnv = { YARN_RC_FILENAME: ownSettingsFile, YARN_IGNORE_PATH: '1' }

/** @throws ConductError FILE_UNREADABLE */
export async function writeOwnSettings(worktree: string, more: Record<string, unknown> = {}): Promise<void> {
  const file = path.join(worktree, ownSettingsFile)
  await rm(file, { force: true, recursive: true })
  await writeFile(file, await ownSettingsText(worktree, more))
}

export async function ownSettingsText(worktree: string, more: Record<string, unknown> = {}): Promise<string> {
  const text = (await fileTreeOfFolder(worktree).readFile(yarnSettingsFile)) ?? ''
  const followed = Object.entries(settingsIn(text)).filter(
    ([key, value]) =>
      !notFollowed.includes(key) && !(typeof value === 'string' && isNoPlaceToFollow(key, value)),
  )
  return stringify({ ...Object.fromEntries(followed), ...ownSettings, ...more })
}

/** Places that are read only (`httpsCaFilePath`) are followed anywhere. */
function isNoPlaceToFollow(key: string, value: string): boolean {
  return leavesWorktree(value) && !key.endsWith('FilePath')
}

export { ownSettingsFile }

function settingsIn(text: string): Record<string, unknown> {
  return { ...asRecord(parseYamlText(yarnSettingsFile, text)) }
}
