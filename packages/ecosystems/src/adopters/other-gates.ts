import path from 'node:path'
import { isConductError } from '@conduct/core'
import { parseDuration } from './gate-duration.ts'
import type { FileTree, ReleaseAgeGate } from '../ports.ts'
import { asRecord, asText, asTexts } from '../unknown.ts'
import { parseYamlText } from '../yaml-text.ts'

const yarnFile = '.yarnrc.yml'
const renovateFiles = ['renovate.json', '.github/renovate.json', '.renovaterc', '.renovaterc.json']

/** Gates of tools that live beside the package manager of a repository. */
export async function otherGates(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]> {
  const renovate = await Promise.all(renovateFiles.map((file) => renovateGate(tree, file, packageName)))
  return [...(await yarnGate(tree, packageName)), ...renovate.flat()]
}

/** yarn: `npmMinimalAgeGate`, minutes or `3d`, for a scope or for everything. */
async function yarnGate(tree: FileTree, packageName: string): Promise<readonly ReleaseAgeGate[]> {
  const settings = asRecord(parseYamlText(yarnFile, (await tree.readFile(yarnFile)) ?? ''))
  const scope = /^@([^/]+)\//.exec(packageName)?.[1]
  const scoped = scope === undefined ? {} : asRecord(asRecord(settings['npmScopes'])[scope])
  const minimumAgeMs = parseDuration(scoped['npmMinimalAgeGate'] ?? settings['npmMinimalAgeGate'])
  if (minimumAgeMs === null || minimumAgeMs <= 0) return []
  const approved = asTexts(settings['npmPreapprovedPackages'])
  const item = `  - '${packageName}'`
  return [
    {
      file: yarnFile,
      setting: 'npmMinimalAgeGate',
      minimumAgeMs,
      isExempt: approved.some((pattern) => path.posix.matchesGlob(packageName, pattern)),
      exemptingLine: 'npmPreapprovedPackages' in settings ? item : `npmPreapprovedPackages:\n${item}`,
      exemptingFile: yarnFile,
    },
  ]
}

/** Renovate's own waiting holds back Renovate, never us: reported as exempt, with the line all the same. */
async function renovateGate(
  tree: FileTree,
  file: string,
  packageName: string,
): Promise<readonly ReleaseAgeGate[]> {
  const settings = renovateSettings(file, await tree.readFile(file))
  const rules = Array.isArray(settings['packageRules']) ? settings['packageRules'].map(asRecord) : []
  const ages = [settings, ...rules].flatMap((rule) => parseDuration(asText(rule['minimumReleaseAge'])) ?? [])
  const minimumAgeMs = Math.max(0, ...ages)
  if (minimumAgeMs === 0) return []
  return [
    {
      file,
      setting: 'minimumReleaseAge (Renovate)',
      minimumAgeMs,
      isExempt: true,
      exemptingLine: `{ "matchPackageNames": ["${packageName}"], "minimumReleaseAge": null }`,
      exemptingFile: file,
    },
  ]
}

/** JSON5 as Renovate takes it is no YAML everywhere; what cannot be read has no gate that concerns us. */
function renovateSettings(file: string, text: string | null): ReturnType<typeof asRecord> {
  try {
    return asRecord(parseYamlText(file, text ?? ''))
  } catch (error) {
    if (isConductError(error, 'FILE_UNREADABLE')) return {}
    throw error
  }
}
